/**
 * Every setting but the words, built from what the server says it can do.
 */
import { shapes, sizeOf } from "../aspects.js";
import { h, icon, setText } from "../dom.js";
import { change, defaults, extraParameters, limits, model, reset, scheduleChoices, shape, size } from "../form.js";
import { language, t } from "../i18n.js";
import { load, save } from "../prefs.js";
import { store } from "../state.js";
import { errorFor, optionalNumberRow, segments, selectRow, sliderRow } from "./controls.js";
import { seedRow } from "./seed.js";

/** All rows, for the capabilities as they are now. */
export function knobs() {
  const capabilities = store.state.capabilities;
  const range = limits();
  const base = defaults();
  const named = (/** @type {{name: string}[]} */ list) => list.map(({ name }) => ({ value: name, text: scheduleName(name) }));
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
  if (capabilities?.samplers.length) rows.push(selectRow({ name: "sampler", choices: named(capabilities.samplers) }));
  if (capabilities?.schedules.length) {
    const choosable = () => scheduleChoices().map((entry) => entry.name);
    rows.push(selectRow({ name: "schedule", choices: named(capabilities.schedules), choosable }));
  }
  if (capabilities?.models.length) {
    rows.push(selectRow({ name: "model", choices: capabilities.models.map(({ name }) => ({ value: name, text: name })) }));
  }
  rows.push(more(base));
  return rows;
}

/** What the rows depend on: when it changes they are built again. */
export function knobsSignature() {
  const { capabilities, lang } = store.state;
  const { limits: range, models, samplers, schedules, parameters } = capabilities ?? {};
  return JSON.stringify([range, models?.map(({ name }) => name), samplers, schedules, parameters, model()?.name, lang]);
}

/**
 * A1111 writes schedules in lower case; people read them with a capital.
 * @param {string} name
 */
const scheduleName = (name) => name.charAt(0).toUpperCase() + name.slice(1);

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

/** @param {import("../types.js").Defaults} base */
function more(base) {
  const body = h(
    "div", { class: "more-body" }, sizeRow(base), optionalNumberRow({ name: "eta", min: 0, max: 1, step: 0.05 }),
    optionalNumberRow({ name: "clip_skip", min: 1, max: 12, step: 1 }), ...extraParameters().map(extraRow),
    h("button", { type: "button", class: "button", onclick: reset, t: "reset" }), h("p", { class: "small muted", t: "keys" }));
  const fold = h(
    "details", { class: "fold", open: load("more", false) },
    h("summary", {}, icon("right"), h("span", { t: "more" })), body);
  fold.addEventListener("toggle", () => save("more", fold.open));
  return fold;
}

/** @param {import("../types.js").Defaults} base */
function sizeRow(base) {
  const boxes = /** @type {const} */ (["width", "height"]).map((name) => {
    const box = h("input", {
      type: "number", class: "field", id: `field-${name}`, min: limits().min_side, max: limits().max_side,
      step: limits().side_multiple, tLabel: name,
    });
    box.addEventListener("change", () => {
      const { min_side: low, max_side: high, side_multiple: unit } = limits();
      const typed = Number(box.value) || base[name];
      const side = Math.min(high, Math.max(low, Math.round(typed / unit) * unit));
      change({ ...size(), shape: "custom", [name]: side });
      box.value = String(side);
    });
    store.on(["settings", "capabilities"], () => {
      if (document.activeElement !== box) box.value = String(size()[name]);
    });
    return box;
  });
  return h(
    "div", { class: "row" }, h("span", { class: "name", t: "size" }),
    h("div", { class: "pair" }, boxes[0], h("span", { "aria-hidden": "true" }, "×"), boxes[1]),
    errorFor("width", boxes[0]), errorFor("height", boxes[1]));
}

/**
 * A control for a parameter this page was not written for.
 * @param {import("../types.js").Parameter} entry
 */
function extraRow(entry) {
  const label = entry.label?.[/** @type {"en"|"fr"} */ (language())] ?? entry.name;
  const choices = entry.choices ?? (entry.type === "boolean" ? ["true", "false"] : null);
  const control = choices
    ? h("select", { class: "field" }, h("option", { value: "" }, t("automatic")), ...choices.map((name) => h("option", { value: name }, name)))
    : h("input", {
        class: "field", placeholder: String(entry.default ?? t("automatic")), min: entry.min, max: entry.max,
        step: entry.step ?? "any", type: entry.type === "string" ? "text" : "number",
      });
  control.id = `field-${entry.name}`;
  control.addEventListener("change", () => {
    const text = control.value;
    const typed = text === "" || entry.type === "string" || entry.choices ? text : JSON.parse(text);
    change({ [entry.name]: typed === "" ? undefined : typed });
  });
  store.on(["settings"], () => {
    // @ts-ignore: a parameter's name
    control.value = String(store.state.settings[entry.name] ?? "");
  });
  return h("div", { class: "row" }, h("label", { class: "name", for: control.id }, label), control, errorFor(entry.name, control));
}
