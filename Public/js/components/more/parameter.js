/**
 * A control for one setting of the server's list: a switch, a choice, a slider, a number or a text, with its name and
 * a line that explains it. A setting this page was not written for has its name made readable.
 */
import { h, icon } from "../../dom.js";
import { change } from "../../form.js";
import { addTexts, has, language, t } from "../../i18n.js";
import { choicesOf } from "../../parameters.js";
import { store } from "../../state.js";
import { errorFor, selectRow, sliderRow } from "../controls.js";
import { neededBy, sliders } from "./groups.js";

/** @typedef {import("../../types.js").Parameter} Parameter */

/**
 * @param {Parameter} entry
 * @returns {HTMLElement}
 */
export function parameterRow(entry) {
  nameUnknown(entry);
  const { name } = entry;
  const help = has(`hint.${name}`) ? h("p", { class: "note", id: `help-${name}`, t: `hint.${name}` }) : null;
  const node = control(entry, help?.id);
  if (help) node.append(help);
  const needed = neededBy(name);
  if (needed) store.on(["settings"], () => {
    node.hidden = !isGiven(needed);
  });
  return node;
}

/**
 * Whether a setting that others hang on says anything.
 * @param {string} name
 */
function isGiven(name) {
  /** @type {any} */
  const value = store.state.settings[/** @type {"prompt"} */ (name)];
  return value !== undefined && value !== 0 && value !== "" && value !== "whole";
}

/**
 * Gives a setting nobody translated a name people can read: the server's own, or `some_setting` as "Some setting".
 * @param {Parameter} entry
 */
function nameUnknown({ name, label }) {
  if (has(name)) return;
  const readable = name.charAt(0).toUpperCase() + name.slice(1).replaceAll("_", " ");
  addTexts({ en: { [name]: label?.en ?? readable }, fr: { [name]: label?.fr ?? label?.en ?? readable } });
}

/**
 * @param {Parameter} entry
 * @param {string} [help]
 */
function control(entry, help) {
  if (entry.type === "boolean") return switchRow(entry, help);
  const choices = choicesOf(entry);
  if (choices) return choiceRow(entry, choices, help);
  const slider = sliders[entry.name];
  if (slider && entry.max !== undefined) {
    return sliderRow({ name: entry.name, min: entry.min ?? 0, max: entry.max, soft: slider.soft, step: entry.step ?? 0.01, help });
  }
  return boxRow(entry, help);
}

/**
 * @param {Parameter} entry
 * @param {string[]} choices
 * @param {string} [help]
 */
function choiceRow(entry, choices, help) {
  const named = choices.map((value) => ({ value, text: choiceName(entry.name, value) }));
  // Without a default, nothing chosen is a choice too.
  if (entry.default === undefined) named.unshift({ value: "", text: choiceName(entry.name, "") });
  return selectRow({ name: entry.name, choices: named }, help);
}

/**
 * @param {string} name
 * @param {string} value
 */
function choiceName(name, value) {
  const key = `choice.${name}.${value}`;
  if (has(key)) return t(key);
  return value === "" ? t("automatic") : value;
}

/**
 * @param {Parameter} entry
 * @param {string} [help]
 */
function switchRow(entry, help) {
  const { name } = entry;
  const box = h("input", { type: "checkbox", id: `field-${name}`, "data-help": help });
  box.addEventListener("change", () => change({ [name]: box.checked === Boolean(entry.default) ? undefined : box.checked }));
  store.on(["settings"], () => {
    /** @type {any} */
    const settings = store.state.settings;
    box.checked = settings[name] ?? Boolean(entry.default);
  });
  return h(
    "div", { class: "row" }, h("label", { class: "switch", for: box.id }, box, h("span", { class: "tick", "aria-hidden": "true" }, icon("tick")), h("span", { t: name })),
    errorFor(name, box));
}

/**
 * A number or a text that may be left empty: the model's own, or none.
 * @param {Parameter} entry
 * @param {string} [help]
 */
function boxRow(entry, help) {
  const { name, type, min = -Infinity, max = Infinity, default: base } = entry;
  const isText = type === "string";
  const box = h("input", {
    class: "field", id: `field-${name}`, type: isText ? "text" : "number", min: entry.min, max: entry.max, step: "any",
    inputmode: isText ? null : type === "integer" ? "numeric" : "decimal", "data-help": help,
  });
  box.addEventListener("change", () => {
    const typed = Number(box.value);
    if (isText || box.value === "") change({ [name]: box.value || undefined });
    else if (Number.isFinite(typed)) {
      const ranged = Math.min(max, Math.max(min, type === "integer" ? Math.round(typed) : typed));
      change({ [name]: ranged });
      box.value = String(ranged);
    }
  });
  store.on(["settings", "lang"], () => {
    /** @type {any} */
    const settings = store.state.settings;
    if (document.activeElement !== box) box.value = settings[name] ?? "";
    const empty = `empty.${name}`;
    box.placeholder = has(empty) ? t(empty) : base !== undefined && base !== null ? String(base) : t("automatic");
  });
  return h("div", { class: "row" }, h("label", { class: "name", for: box.id, t: name }), box, errorFor(name, box));
}
