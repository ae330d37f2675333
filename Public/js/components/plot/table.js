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
import { attempt } from "../dialog.js";
import "../more/texts.js";
import { nameOf } from "./earlier.js";
import { closePlan, currentPlan, followPlan, onPlan, progressOf, stopPlan } from "./plan.js";
import { savePicture } from "./picture.js";

export { openBuilder } from "./builder.js";
export { lay } from "./plan.js";

addTexts({ en, fr });

/** @typedef {import("./plan.js").Cell} Cell */
/** @typedef {import("./plan.js").Axis} Axis */

/**
 * Shows the table while there is one.
 * @param {HTMLElement} section
 */
export function mountPlot(section) {
  const count = h("span", { class: "muted" });
  const stop = h("button", { type: "button", class: "button", t: "plot.stop", onclick: stopPlan });
  const keep = iconButton("save", "plot.picture", () => attempt(() => savePicture(label)));
  const fill = h("i");
  const bar = h("div", { class: "progress", role: "progressbar", tLabel: "plot.progress", "aria-valuemin": 0, "aria-valuemax": 100 }, fill);
  const body = h("div", { class: "plot-body" });
  section.setAttribute("aria-labelledby", "plot-title");
  section.append(
    h("div", { class: "history-head" }, h("h2", { id: "plot-title", t: "plot.title" }), count, h("div", { class: "plot-tools" }, stop, keep,
      iconButton("close", "plot.close", closePlan))), bar, body);
  let shown = "";
  /** @type {Map<string, HTMLElement>} */
  let places = new Map();
  const update = () => {
    const plan = currentPlan();
    section.hidden = !plan;
    if (!plan) {
      shown = "";
      return;
    }
    const key = plan.id + store.state.lang;
    if (key !== shown) {
      shown = key;
      places = new Map();
      body.replaceChildren(...tables(plan, places));
    }
    const jobs = new Map(plan.cells.map((cell) => [placeOf(cell.x, cell.y, cell.z), store.state.jobs.get(cell.job)]));
    for (const [at, place] of places) fillPlace(place, jobs.get(at));
    showProgress();
  };
  const showProgress = () => {
    const plan = currentPlan();
    if (!plan) return;
    const { fraction, done, open } = progressOf(plan);
    setText(count, `${done} / ${plan.total}`);
    stop.hidden = open === 0;
    keep.disabled = done === 0;
    bar.hidden = open === 0;
    bar.dataset.on = "known";
    bar.setAttribute("aria-valuenow", String(Math.round(fraction * 100)));
    fill.style.setProperty("--done", String(fraction));
  };
  onPlan(update);
  store.on(["jobs", "lang", "hiddenImages"], update);
  store.on(["progress"], showProgress);
  followPlan();
}

/**
 * @param {number} x
 * @param {number} y
 * @param {number} z
 */
const placeOf = (x, y, z) => `${x} ${y} ${z}`;

/**
 * One table for each place on the third axis.
 * @param {import("./plan.js").Plan} plan
 * @param {Map<string, HTMLElement>} places
 */
function tables({ x: across, y: down, z: deep }, places) {
  return each(deep, (z) => {
    const head = across ? h("tr", {}, down ? h("td") : null, ...across.labels.map((_, x) => h("th", { scope: "col" }, label(across, x)))) : null;
    const rows = each(down, (y) => h("tr", {}, down ? h("th", { scope: "row" }, label(down, y)) : null, ...each(across, (x) => {
      const place = h("td");
      places.set(placeOf(x, y, z), place);
      return place;
    })));
    const caption = deep ? h("caption", {}, label(deep, z)) : h("caption", { class: "hidden-visually", t: "plot.title" });
    return h("table", { class: "plot-table" }, caption, head ? h("thead", {}, head) : null, h("tbody", {}, ...rows));
  });
}

/**
 * What `make` makes for each place of an axis; one where there is none.
 * @param {Axis|null} axis
 * @param {(at: number) => HTMLElement} make
 */
const each = (axis, make) => (axis?.labels ?? [""]).map((_, at) => make(at));

/**
 * @param {Axis} axis
 * @param {number} at
 */
export function label(axis, at) {
  const value = axis.labels[at];
  // Words of the prompt speak for themselves.
  if (axis.field === "prompt") return value;
  const key = `choice.${axis.field}.${value}`;
  return t("plot.label", { name: nameOf(axis), value: t(key) === key ? value : t(key) });
}

/**
 * @param {HTMLElement} place
 * @param {import("../../types.js").Job|undefined} job absent where it was forgotten
 */
function fillPlace(place, job) {
  const image = job?.images.find(({ id }) => !store.state.hiddenImages.has(id));
  const key = `${image?.id ?? job?.error?.message ?? job?.state} ${store.state.lang}`;
  if (place.dataset.shown === key) return;
  place.dataset.shown = key;
  if (image) {
    const words = t("picture.alt", { prompt: job?.request.prompt ?? "" });
    place.replaceChildren(h("a", { href: `#/image/${image.id}` }, h("img", { src: thumbnailURL(image.id), alt: words, loading: "lazy" })));
    return;
  }
  const bad = job?.error?.message;
  const sign = bad ? "warning" : job?.state === "running" ? "brush" : job && isOpen(job) ? "clock" : "close";
  const words = bad ?? t(sign !== "close" ? `plot.${sign}` : job?.state === "cancelled" ? "plot.cancelled" : "plot.gone");
  place.style.setProperty("--w", String(job?.request.width ?? 1));
  place.style.setProperty("--h", String(job?.request.height ?? 1));
  place.replaceChildren(h("span", { class: "plot-wait", title: words }, icon(sign), h("span", { class: "hidden-visually" }, words)));
}
