/**
 * The form on the left: the words, the settings, the button.
 */
import { h, icon, setText } from "../dom.js";
import { change, mode, model, modes, outcome, problems, request, size } from "../form.js";
import { language, t } from "../i18n.js";
import { modeParts, sourceParts, wordParts } from "../lazy.js";
import { load, save } from "../prefs.js";
import { store } from "../state.js";
import { submit } from "../submit.js";
import { errorFor } from "./controls.js";
import { fillLater, fold } from "./fold.js";
import { knobs, knobsSignature } from "./knobs.js";
import { machine } from "./machine.js";

/** @type {HTMLTextAreaElement} */
let promptBox;

/**
 * Builds the form.
 * @param {HTMLFormElement} form
 */
export function mountComposer(form) {
  promptBox = textArea("prompt", "prompt", "prompt.placeholder");
  form.setAttribute("aria-labelledby", "composer-title");
  form.append(
    h("h2", { class: "hidden-visually", id: "composer-title", t: "composer" }),
    h("div", { class: "composer-body" }, modePart(), promptField(), h("div", { id: "notice", role: "status" }), negativeField(), knobsFold()),
    h("div", { class: "make" }, wholeError(), makeButton(), machine()));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    make();
  });
}

/** Puts the caret into the prompt. */
export function focusPrompt() {
  promptBox.focus();
  promptBox.setSelectionRange(promptBox.value.length, promptBox.value.length);
}

/** Makes a picture of the form as it stands. */
export async function make() {
  if (mode() !== "txt2img") await pictureArrived();
  const found = problems();
  if (Object.keys(found).length > 0) {
    store.set({ errors: found });
    const first = document.getElementById(`field-${Object.keys(found)[0]}`);
    first?.focus();
    return;
  }
  const sent = submit(request(), outcome());
  requestAnimationFrame(bringStageIntoView);
  if (!(await sent)) {
    const field = Object.keys(store.state.errors)[0];
    if (field) document.getElementById(`field-${field}`)?.focus();
  }
}

/** A picture chosen to start from may still be on its way to the server. */
async function pictureArrived() {
  store.set({ sending: store.state.sending + 1 });
  try {
    await (await sourceParts()).arrived();
  } finally {
    store.set({ sending: store.state.sending - 1 });
  }
}

/** On a phone the stage is below the form: what was asked for must be seen. */
function bringStageIntoView() {
  const stage = document.getElementById("stage");
  const line = stage?.querySelector(".status")?.getBoundingClientRect();
  if (!stage || !line || (line.top >= 0 && line.bottom < innerHeight - 72)) return;
  stage.scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
}

/**
 * @param {"prompt"|"negative_prompt"} name
 * @param {string} className
 * @param {string} placeholder
 */
function textArea(name, className, placeholder) {
  const area = h("textarea", {
    class: className, id: `field-${name}`, rows: 2, tPlaceholder: placeholder, spellcheck: "true", autocapitalize: "sentences",
    enterkeyhint: "go",
  });
  area.addEventListener("input", () => {
    change({ [name]: area.value });
    grow(area);
  });
  area.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    // Enter while composing chooses a candidate, in Japanese for example.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (!event.repeat) make();
  });
  store.on(["settings"], () => {
    if (area.value === store.state.settings[name]) return;
    area.value = store.state.settings[name];
    grow(area);
  });
  return area;
}

/**
 * Browsers without `field-sizing` are helped to fit the text.
 * @param {HTMLTextAreaElement} area
 */
function grow(area) {
  if (CSS.supports("field-sizing", "content")) return;
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

function promptField() {
  const idea = h(
    "button", { type: "button", class: "button plain square", tLabel: "idea", tTitle: "idea", onclick: nextIdea }, icon("idea"));
  const count = h("span", { class: "prompt-count" });
  const add = h(
    "button", { type: "button", class: "button plain square", tLabel: "words", tTitle: "words", onclick: addWords }, icon("plus"));
  const chosen = h("div", {});
  store.on(["settings", "capabilities"], () => {
    const bytes = new TextEncoder().encode(store.state.settings.prompt).length;
    const most = store.state.capabilities?.limits.prompt_bytes ?? 4000;
    setText(count, bytes > most * 0.8 ? `${bytes} / ${most}` : "");
    idea.hidden = !model()?.examples?.length;
    add.hidden = !hasWords();
  });
  let isShown = false;
  store.on(["settings", "capabilities"], () => {
    // Nobody who chose no style pays for their list.
    if (isShown || !store.state.settings.styles?.length || !store.state.capabilities?.styles) return;
    isShown = true;
    fillLater(chosen, wordParts, (parts) => [parts.chosenStyles()]);
  });
  return unlessUpscaling(h(
    "div", {}, h("label", { class: "hidden-visually", for: promptBox.id, t: "prompt" }),
    h("div", { class: "prompt-box" }, promptBox, h("div", { class: "prompt-tools" }, count, add, idea)),
    errorFor("prompt", promptBox), chosen));
}

/**
 * A picture made larger needs neither words nor settings.
 * @param {HTMLElement} node
 */
function unlessUpscaling(node) {
  store.on(["settings", "capabilities"], () => {
    node.hidden = mode() === "upscale";
  });
  return node;
}

/** Whether the machines have files or styles that a prompt can name. */
function hasWords() {
  const { loras, embeddings, hypernetworks, styles } = store.state.capabilities ?? {};
  return [loras, embeddings, hypernetworks, styles].some((list) => list?.length);
}

async function addWords() {
  (await wordParts()).openWords(promptBox);
}

/** What the picture starts from, where there is more than words to start from. */
function modePart() {
  const bar = h("div", { class: "mode" });
  let isThere = false;
  store.on(["capabilities"], () => {
    const { capabilities } = store.state;
    // Its place is kept until it is known, so that nothing jumps.
    bar.toggleAttribute("data-kept", capabilities ? modes().length > 1 : load("modes", true));
    if (capabilities) save("modes", modes().length > 1);
    if (isThere || modes().length < 2) return;
    isThere = true;
    fillLater(bar, modeParts, (parts) => parts.modeBar());
  });
  return bar;
}

let ideas = -1;
function nextIdea() {
  const examples = model()?.examples ?? [];
  if (examples.length === 0) return;
  ideas = ideas < 0 ? Math.floor(Math.random() * examples.length) : (ideas + 1) % examples.length;
  change({ prompt: examples[ideas][/** @type {"en"|"fr"} */ (language())] });
  focusPrompt();
}

function negativeField() {
  const shown = h("span", { class: "fold-value" });
  store.on(["settings"], () => setText(shown, store.state.settings.negative_prompt));
  const node = fold({ name: "negative", label: "negative_prompt", value: shown }, (body) => {
    const area = textArea("negative_prompt", "field negative", "negative.placeholder");
    body.append(
      h("label", { class: "hidden-visually", for: area.id, t: "negative_prompt" }), area, errorFor("negative_prompt", area));
  });
  return unlessUpscaling(node);
}

/** All other settings; folded on a phone, always open beside the stage. */
function knobsFold() {
  const wide = matchMedia("(min-width: 960px)");
  const body = h("div", { class: "knobs" });
  const shown = h("span", { class: "fold-value" });
  const fold = h(
    "details", { class: "fold knobs-fold", open: wide.matches || load("knobs", false) },
    h("summary", {}, icon("right"), h("span", { t: "settings" }), shown), body);
  fold.addEventListener("toggle", () => {
    if (!wide.matches) save("knobs", fold.open);
  });
  wide.addEventListener("change", () => {
    fold.open = wide.matches || load("knobs", false);
  });
  let built = "";
  let end = () => {};
  store.on(["capabilities", "settings", "lang"], () => {
    const { width, height } = size();
    setText(shown, `${width} × ${height} · ${store.state.settings.batch_count}`);
    const signature = knobsSignature();
    if (signature === built) return;
    built = signature;
    end();
    const rows = store.scoped(knobs);
    end = rows.end;
    body.replaceChildren(...rows.made);
  });
  return unlessUpscaling(fold);
}

function wholeError() {
  const node = h("p", { class: "error", role: "alert" });
  store.on(["errors"], () => {
    const shown = store.state.errors;
    // A message for a field that has no control here is shown at the button.
    const stray = Object.keys(shown).find((name) => name === "" || !document.getElementById(`error-${name}`));
    setText(node, stray === undefined ? "" : shown[stray]);
  });
  return node;
}

function makeButton() {
  const label = h("span");
  const button = h("button", { type: "submit", class: "button primary" }, label, h("kbd", { "aria-hidden": "true" }, icon("enter")));
  store.on(["sending", "lang"], () => {
    setText(label, t(store.state.sending > 0 ? "sending" : "generate"));
    button.toggleAttribute("data-busy", store.state.sending > 0);
  });
  return button;
}
