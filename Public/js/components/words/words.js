/**
 * What the prompt can name: LoRAs, embeddings, hypernetworks; and styles, which are words kept for many prompts.
 */
import { h, icon, iconButton, reconcile, setText } from "../../dom.js";
import { change, model } from "../../form.js";
import { addTexts, t } from "../../i18n.js";
import { en } from "../../locales/words/en.js";
import { fr } from "../../locales/words/fr.js";
import { store } from "../../state.js";
import { openDialog } from "../dialog.js";
import { weightIn, withName, withoutName } from "./prompt.js";

addTexts({ en, fr });

/** @typedef {{name: string, family?: string, prompt?: string, negative_prompt?: string}} Item */
/** @typedef {{list: "loras"|"embeddings"|"hypernetworks"|"styles", kind: "lora"|"hypernet"|"embedding"|"style"}} Shelf */

/** @type {Shelf[]} */
const shelves = [
  { list: "loras", kind: "lora" }, { list: "embeddings", kind: "embedding" }, { list: "hypernetworks", kind: "hypernet" },
  { list: "styles", kind: "style" },
];

/**
 * @param {Shelf} shelf
 * @returns {Item[]}
 */
const items = ({ list }) => store.state.capabilities?.[list] ?? [];

let seen = "";

/** Opens the shelves; the keyboard goes back to the prompt. @param {HTMLTextAreaElement} prompt */
export async function openWords(prompt) {
  await openDialog("words", () => {
    const there = shelves.filter((shelf) => items(shelf).length > 0);
    let shelf = there.find(({ list }) => list === seen) ?? there[0];
    const search = h("input", { class: "field", type: "search", tPlaceholder: "words.search", tLabel: "words.search" });
    const list = h("ul", { class: "words" });
    const none = h("p", { class: "muted", t: "words.none" });
    const tabs = there.map((entry) => h("button", { type: "button", class: "segment", onclick: () => {
      shelf = entry;
      seen = entry.list;
      draw();
    } }, h("span", { t: `words.${entry.list}` })));
    let end = () => {};
    store.atEnd(() => end());
    const draw = () => {
      tabs.forEach((tab, at) => tab.setAttribute("aria-pressed", String(there[at] === shelf)));
      const wanted = search.value.trim().toLowerCase();
      const found = items(shelf).filter(({ name }) => name.toLowerCase().includes(wanted));
      end();
      const scope = store.scoped(() => sorted(found).slice(0, 200).map((item) => row(shelf, item)));
      end = scope.end;
      list.replaceChildren(...scope.made);
      none.hidden = found.length > 0;
    };
    search.addEventListener("input", draw);
    draw();
    return [tabs.length > 1 ? h("div", { class: "segments", role: "group", tLabel: "words" }, ...tabs) : null, search, list, none];
  }, { class: "panel wide" });
  prompt.focus();
}

/** Those for the chosen model's kind of network come first. @param {Item[]} list */
function sorted(list) {
  return [...list].sort((a, b) => Number(isForeign(a)) - Number(isForeign(b)));
}

/** @param {Item} item */
function isForeign({ family }) {
  return Boolean(family) && family !== model()?.family;
}

/**
 * @param {Shelf} shelf
 * @param {Item} item
 */
function row(shelf, item) {
  const mark = h("span", { class: "word-mark" }, icon("tick"));
  const about = [isForeign(item) ? t("words.foreign", { family: item.family ?? "" }) : "", item.prompt, item.negative_prompt].filter(Boolean);
  const pick = h(
    "button", { type: "button", class: "word", onclick: () => toggle(shelf, item.name) }, mark,
    h("span", { class: "word-name" }, item.name), about.length ? h("span", { class: "word-note" }, about.join(" · ")) : null);
  const weight = h("input", {
    class: "field", type: "text", inputmode: "decimal", "aria-label": t("words.weight", { name: item.name }),
    title: t("words.weights"),
  });
  weight.addEventListener("change", () => {
    const { kind } = shelf;
    if (kind !== "lora" && kind !== "hypernet") return;
    const { prompt } = store.state.settings;
    if (/^-?[\d.]+(:-?[\d.]+)?$/.test(weight.value)) change({ prompt: withName(prompt, kind, item.name, weight.value) });
    else weight.value = weightIn(prompt, kind, item.name) ?? "1";
  });
  store.on(["settings"], () => {
    const now = stateOf(shelf, item.name);
    pick.setAttribute("aria-pressed", String(now !== null));
    weight.hidden = now === null || (shelf.kind !== "lora" && shelf.kind !== "hypernet");
    if (document.activeElement !== weight) weight.value = now ?? "1";
  });
  return h("li", {}, pick, weight);
}

/**
 * The weight in the prompt; null where it is not chosen.
 * @param {Shelf} shelf
 * @param {string} name
 */
function stateOf({ kind }, name) {
  const { prompt, styles = [] } = store.state.settings;
  if (kind === "style") return styles.includes(name) ? "1" : null;
  return weightIn(prompt, kind, name);
}

/**
 * @param {Shelf} shelf
 * @param {string} name
 */
function toggle(shelf, name) {
  const isOn = stateOf(shelf, name) !== null;
  const { prompt, styles = [] } = store.state.settings;
  if (shelf.kind === "style") change({ styles: isOn ? styles.filter((other) => other !== name) : [...styles, name] });
  else change({ prompt: isOn ? withoutName(prompt, shelf.kind, name) : withName(prompt, shelf.kind, name) });
}

/** The chosen styles, each with a button that puts it back. */
export function chosenStyles() {
  const node = h("ul", { class: "chips", tLabel: "words.styles" });
  /** @type {Map<string, HTMLElement>} */
  const chips = new Map();
  store.on(["settings"], () => {
    const { styles = [] } = store.state.settings;
    node.hidden = styles.length === 0;
    for (const name of chips.keys()) if (!styles.includes(name)) chips.delete(name);
    reconcile(node, styles.map((name) => {
      const chip = chips.get(name) ?? makeChip(name);
      chips.set(name, chip);
      return chip;
    }));
  });
  return node;
}

/** @param {string} name */
function makeChip(name) {
  const text = h("span");
  setText(text, name);
  return h("li", { class: "chip" }, text, iconButton("close", "words.remove", () => toggle(shelves[3], name)));
}
