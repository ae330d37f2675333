/**
 * The table of a plot's pictures, that fills as they are made; each opens large.
 */
import { thumbnailURL } from "../../api.js";
import { h, icon, iconButton, setText } from "../../dom.js";
import { addTexts, t } from "../../i18n.js";
import { isOpen } from "../../jobs.js";
import { en } from "../../locales/plot/en.js";
import { fr } from "../../locales/plot/fr.js";
import { store } from "../../state.js";
import "../more/texts.js";
import { replacing } from "./axes.js";
import { closePlan, currentPlan, followPlan, onPlan, stopPlan } from "./plan.js";
import { savePicture } from "./picture.js";

export { openBuilder } from "./builder.js";

addTexts({ en, fr });

/** @typedef {import("./plan.js").Cell} Cell */

/**
 * Shows the table while there is one.
 * @param {HTMLElement} section
 */
export function mountPlot(section) {
  const count = h("span", { class: "muted" });
  const stop = h("button", { type: "button", class: "button", t: "plot.stop", onclick: stopPlan });
  const keep = iconButton("save", "plot.picture", () => savePicture(label));
  const body = h("div", { class: "plot-body" });
  section.setAttribute("aria-labelledby", "plot-title");
  section.append(
    h("div", { class: "history-head" }, h("h2", { id: "plot-title", t: "plot.title" }), count, h("div", { class: "plot-tools" }, stop, keep,
      iconButton("close", "plot.close", closePlan))), body);
  let shown = "";
  /** @type {Map<Cell, HTMLElement>} */
  let places = new Map();
  const update = () => {
    const plan = currentPlan();
    section.hidden = !plan;
    if (!plan) return;
    const key = plan.id + store.state.lang;
    if (key !== shown) {
      shown = key;
      places = new Map();
      body.replaceChildren(...tables(plan, places));
    }
    let done = 0;
    let waits = false;
    for (const [cell, place] of places) {
      const job = cell.job ? store.state.jobs.get(cell.job) : undefined;
      if (job?.state === "finished") done += 1;
      else if (!cell.error && !plan.stopped && (!job || isOpen(job))) waits = true;
      fill(place, cell, job, plan.stopped ?? false);
    }
    setText(count, `${done} / ${plan.cells.length}`);
    stop.hidden = !waits;
    keep.disabled = done === 0;
  };
  onPlan(update);
  store.on(["jobs", "lang", "hiddenImages"], update);
  followPlan();
}

/**
 * One table for each place on the third axis.
 * @param {import("./plan.js").Plan} plan
 * @param {Map<Cell, HTMLElement>} places
 */
function tables({ axes, cells }, places) {
  const [across, down, deep] = axes;
  return (deep?.values ?? [null]).map((_, z) => {
    const head = h("tr", {}, down ? h("td") : null, ...across.values.map((_, x) => h("th", { scope: "col" }, label(across, x))));
    const rows = (down?.values ?? [null]).map((_, y) => {
      const row = h("tr", {}, down ? h("th", { scope: "row" }, label(down, y)) : null);
      across.values.forEach((_, x) => {
        const cell = cells.find(({ at }) => at[0] === x && (at[1] ?? 0) === y && (at[2] ?? 0) === z);
        const place = h("td");
        if (cell) places.set(cell, place);
        row.append(place);
      });
      return row;
    });
    const caption = deep ? h("caption", {}, label(deep, z)) : h("caption", { class: "hidden-visually", t: "plot.title" });
    return h("table", { class: "plot-table" }, caption, h("thead", {}, head), h("tbody", {}, ...rows));
  });
}

/**
 * @param {import("./plan.js").Axis} axis
 * @param {number} at
 */
export function label({ name, values }, at) {
  const value = values[at];
  if (name === replacing) return String(value);
  const key = `choice.${name}.${value}`;
  return t("plot.label", { name: t(name), value: t(key) === key ? String(value) : t(key) });
}

/**
 * @param {HTMLElement} place
 * @param {Cell} cell
 * @param {import("../../types.js").Job|undefined} job
 * @param {boolean} isStopped
 */
function fill(place, cell, job, isStopped) {
  const image = job?.images.find(({ id }) => !store.state.hiddenImages.has(id));
  const state = image ? image.id : cell.error ?? (job ? job.error?.message ?? job.state : isStopped ? "stopped" : "waits");
  const key = `${state} ${store.state.lang}`;
  if (place.dataset.shown === key) return;
  place.dataset.shown = key;
  if (image) {
    const words = t("picture.alt", { prompt: job?.request.prompt ?? "" });
    place.replaceChildren(h("a", { href: `#/image/${image.id}` }, h("img", { src: thumbnailURL(image.id), alt: words, loading: "lazy" })));
    return;
  }
  const bad = cell.error ?? job?.error?.message;
  const sign = bad ? "warning" : job?.state === "running" ? "brush" : isStopped || job?.state === "cancelled" ? "close" : "clock";
  const words = bad ?? t(sign === "close" ? "plot.cancelled" : `plot.${sign}`);
  place.replaceChildren(h("span", { class: "plot-wait", title: words }, icon(sign), h("span", { class: "hidden-visually" }, words)));
}
