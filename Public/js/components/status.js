/**
 * Beneath the mat: the bar over model evaluations, the sentence, the numbers, what can be done.
 */
import { imageURL } from "../api.js";
import { describe, fraction } from "../describe.js";
import { h, icon, iconButton, setIcon, setText } from "../dom.js";
import { limits, use } from "../form.js";
import { t } from "../i18n.js";
import { isOpen } from "../jobs.js";
import { askForNotice, canAskForNotice } from "../notify.js";
import { askable } from "../single.js";
import { store } from "../state.js";
import { cancel, submit } from "../submit.js";
import { focusPrompt } from "./composer.js";

/** @typedef {import("../types.js").Job} Job */

/** Codes that mean the picture was too big for the machine. */
const tooBig = new Set(["out_of_memory", "oom"]);

/**
 * The bar and the line.
 * @returns {HTMLElement[]}
 */
export function statusLine() {
  const fill = h("i");
  const bar = h("div", { class: "progress", role: "progressbar", tLabel: "progress", "aria-valuemin": 0, "aria-valuemax": 100 }, fill);
  const sign = icon("clock");
  const text = h("p");
  const detail = h("p", { class: "detail" });
  const numbers = h("p", { class: "status-numbers" });
  const actions = h("div", { class: "status-actions" });
  const line = h("div", { class: "status" }, sign, h("div", { class: "status-text" }, text, detail), numbers, actions);
  let shownActions = "";

  function update() {
    const job = current();
    line.hidden = bar.hidden = !job;
    if (!job) return;
    const words = describe(job);
    setIcon(sign, words.icon);
    line.dataset.tone = words.tone ?? "";
    setText(text, words.text);
    setText(detail, words.detail ?? "");
    setText(numbers, words.numbers ?? "");
    updateBar(bar, fill, job);
    const key = [job.id, job.state, job.images.length, job.error?.code, canAskForNotice(), store.state.lang].join();
    if (key === shownActions) return;
    shownActions = key;
    const focused = actions.contains(document.activeElement);
    actions.replaceChildren(...actionsFor(job));
    // The button that was used may be gone with the state; the keyboard's place must not be.
    if (focused) /** @type {HTMLElement|null} */ (actions.querySelector("button, a"))?.focus();
  }

  store.on(["jobs", "selected", "progress", "capabilities", "lang"], update);
  setInterval(() => {
    if (current()?.state === "running" && !document.hidden) update();
  }, 500);
  return [bar, line];
}

/** @returns {Job|undefined} */
function current() {
  const { selected, jobs } = store.state;
  return selected ? jobs.get(selected) : undefined;
}

/**
 * @param {HTMLElement} bar
 * @param {HTMLElement} fill
 * @param {Job} job
 */
function updateBar(bar, fill, job) {
  const active = job.state === "running" || job.state === "assigned";
  const done = active ? fraction(job) : null;
  if (!active) {
    delete bar.dataset.on;
    bar.setAttribute("aria-hidden", "true");
    fill.style.setProperty("--done", "0");
    return;
  }
  bar.dataset.on = done === null ? "unknown" : "known";
  bar.removeAttribute("aria-hidden");
  fill.style.setProperty("--done", String(done ?? 1));
  if (done === null) bar.removeAttribute("aria-valuenow");
  else bar.setAttribute("aria-valuenow", String(Math.round(done * 100)));
}

/**
 * @param {Job} job
 * @returns {HTMLElement[]}
 */
function actionsFor(job) {
  if (isOpen(job)) {
    const buttons = [textButton("cancel", () => cancel(store.state.jobs.get(job.id) ?? job))];
    if (canAskForNotice()) buttons.unshift(iconButton("bell", "notify", askForNotice));
    return buttons;
  }
  const reuse = iconButton("reuse", "use", () => {
    use(job.request);
    focusPrompt();
  });
  if (job.state === "finished" && job.images.length > 0) {
    const [image] = job.images;
    const save = h(
      "a", {
        class: "button plain square", href: imageURL(image.id), download: `atelier-${image.seed}.png`, tLabel: "download",
        tTitle: "download",
      }, icon("save"));
    return job.images.length === 1 ? [reuse, save] : [reuse];
  }
  return [reuse, ...retryButtons(job)];
}

/** @param {Job} job */
function retryButtons(job) {
  const buttons = [textButton("again", () => repeat(job, job.request))];
  if (job.error && tooBig.has(job.error.code)) {
    const smaller = shrink(job.request);
    if (smaller) {
      const label = t("smaller", { size: `${smaller.width} × ${smaller.height}` });
      buttons.unshift(h("button", { type: "button", class: "button primary", onclick: () => repeat(job, smaller) }, label));
    }
  }
  return buttons;
}

/**
 * @param {Job} job
 * @param {import("../types.js").GenerationRequest} request
 */
function repeat(job, request) {
  store.set({ selected: null });
  submit(askable(request), { width: request.width, height: request.height });
}

/**
 * Three quarters of each side; null when that is too small to be a picture.
 * @param {Job["request"]} request
 */
function shrink(request) {
  const { side_multiple: unit, min_side: least } = limits();
  const less = (/** @type {number} */ side) => Math.max(least, Math.floor((side * 0.75) / unit) * unit);
  const width = less(request.width);
  const height = less(request.height);
  return width === request.width && height === request.height ? null : { ...request, width, height };
}

/**
 * @param {string} key
 * @param {() => void} onclick
 */
function textButton(key, onclick) {
  return h("button", { type: "button", class: "button", onclick, t: key });
}
