/**
 * Every setting but the words, built from what the server says it can do.
 */
import { shapes, sizeOf } from "../aspects.js";
import { h, setText } from "../dom.js";
import { change, defaults, limits, mode, model, scheduleChoices, shape, size } from "../form.js";
import { number } from "../format.js";
import { t } from "../i18n.js";
import { moreParts } from "../lazy.js";
import { store } from "../state.js";
import { errorFor, segments, selectRow, sliderRow } from "./controls.js";
import { fillLater, fold } from "./fold.js";
import { seedRow } from "./seed.js";

/** All rows, for the capabilities and the mode as they are now. */
export function knobs() {
  if (mode() === "upscale") return [];
  const capabilities = store.state.capabilities;
  const range = limits();
  const rows = [
    shapesField(),
    sliderRow({ name: "steps", min: range.min_steps, max: range.max_steps, soft: Math.min(range.max_steps, 50), step: 1 }),
    sliderRow({
      name: "guidance_scale", min: range.min_guidance_scale, max: range.max_guidance_scale,
      soft: Math.min(range.max_guidance_scale, 15), step: 0.5,
    }),
    countRow(range.max_batch_count),
    seedRow(),
  ];
  const named = (/** @type {{name: string}[]} */ list) => list.map(({ name }) => ({ value: name, text: scheduleName(name) }));
  if (capabilities?.samplers.length) rows.push(selectRow({ name: "sampler", choices: named(capabilities.samplers) }));
  if (capabilities?.schedules.length) {
    const choosable = () => scheduleChoices().map((entry) => entry.name);
    rows.push(selectRow({ name: "schedule", choices: named(capabilities.schedules), choosable }));
  }
  if (capabilities?.models.length) rows.push(modelRow(capabilities.models));
  rows.push(fold({ name: "more", label: "more" }, (body) => {
    fillLater(body, moreParts, (parts) => parts.more());
  }));
  return rows;
}

/** What the rows depend on: when it changes they are built again. */
export function knobsSignature() {
  const { capabilities, lang } = store.state;
  const { limits: range, models, samplers, schedules, parameters } = capabilities ?? {};
  const { loras, embeddings, hypernetworks, vaes, styles, upscalers } = capabilities ?? {};
  const files = [loras, embeddings, hypernetworks, vaes, styles, upscalers].map((list) => list?.length);
  return JSON.stringify([
    range, models?.map(({ name, family }) => [name, family]), samplers, schedules, parameters, files, model()?.name, mode(), lang,
  ]);
}

/** How people call the kinds of networks. @type {Record<string, string>} */
const families = { sd1: "SD 1.x", sd2: "SD 2.x", sdxl: "SDXL" };

/** @param {import("../types.js").Model[]} models */
function modelRow(models) {
  const note = h("p", { class: "note", id: "model-note" });
  const row = selectRow({
    name: "model",
    choices: models.map(({ name, family }) => ({ value: name, text: models.length > 1 ? `${name} · ${families[family] ?? family}` : name })),
  }, note.id);
  store.on(["settings", "capabilities"], () => {
    const { family = "", precision, bytes, sha256 } = model() ?? {};
    const parts = [families[family] ?? family, precision, bytes ? fileSize(bytes) : "", sha256?.slice(0, 10)];
    setText(note, parts.filter(Boolean).join(" · "));
  });
  row.append(note);
  return row;
}

/** @param {number} bytes */
function fileSize(bytes) {
  const big = bytes >= 1e9;
  return t(big ? "size.gigabytes" : "size.megabytes", { n: number(bytes / (big ? 1e9 : 1e6), big ? 1 : 0) });
}

/**
 * A1111 writes schedules in lower case; people read them with a capital.
 * @param {string} name
 */
const scheduleName = (name) => name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");

function shapesField() {
  const base = defaults();
  const shown = h("span", { class: "small" });
  store.on(["settings", "capabilities"], () => {
    const { width, height } = size();
    setText(shown, `${width} × ${height}`);
  });
  const choices = shapes.map((name) => {
    const { width, height } = sizeOf(name, base, limits());
    return { value: name, text: name, node: outline(width, height), label: t("shape", { name, size: `${width} × ${height}` }) };
  });
  return h(
    "fieldset", { class: "shapes" }, h("legend", {}, h("span", { t: "shape.legend" }), shown),
    segments({ name: "shape", label: "shape.legend", choices, read: shape, write: (name) => change({ shape: name }) }));
}

/**
 * @param {number} width
 * @param {number} height
 */
function outline(width, height) {
  const longest = 18 / Math.max(width, height);
  const box = h("i");
  box.style.setProperty("--w", `${Math.round(width * longest)}px`);
  box.style.setProperty("--h", `${Math.round(height * longest)}px`);
  return h("span", { class: "shape", "aria-hidden": "true" }, box);
}

/** @param {number} most */
function countRow(most) {
  const counts = [1, 2, 4, 8].filter((count) => count <= most);
  return h(
    "div", { class: "row" }, h("span", { class: "name", t: "batch_count" }),
    segments({
      name: "batch_count", label: "batch_count",
      choices: counts.map((count) => ({ value: count, text: String(count) })),
      read: () => store.state.settings.batch_count, write: (count) => change({ batch_count: count }),
    }),
    errorFor("batch_count"));
}
