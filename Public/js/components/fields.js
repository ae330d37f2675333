/**
 * Fields of the account pages and the admin view, each with its label, its hint and its error.
 */
import { h, iconButton, icon, setText } from "../dom.js";
import { t } from "../i18n.js";
import { store } from "../state.js";

/**
 * @typedef {{node: HTMLElement, input: HTMLInputElement|HTMLSelectElement|null, value: () => any,
 *   problem: () => string, setError: (text: string) => void}} Field
 *   `problem`: what is wrong with the value, in words, or nothing.
 */

let made = 0;

/**
 * A line of text.
 * @param {{label: string, hint?: string, type?: string, least?: number} & Record<string, any>} options
 *   `label`, `hint`: keys of the locale; `least`: fewest characters; the rest are attributes of the input
 * @returns {Field & {input: HTMLInputElement}}
 */
export function textField({ label, hint, type = "text", least = 1, ...attributes }) {
  made += 1;
  const id = `input-${made}`;
  const input = h("input", { class: "field", id, type, ...attributes });
  const box = h("div", { class: "input-box" }, input, type === "password" ? revealButton(input) : null);
  const { error, setError, notes } = messages(input, hint);
  input.addEventListener("input", () => setError(""));
  const node = h("div", { class: "form-row" }, h("label", { for: id, t: label }), box, ...notes, error);
  const value = () => (type === "password" ? input.value : input.value.trim());
  const problem = () => {
    const length = [...value()].length;
    if (length >= least) return "";
    return length === 0 ? t("problem.missing") : t("problem.short", { n: least });
  };
  return { node, input, value, problem, setError };
}

/**
 * The place of a field's error, and its hint.
 * @param {HTMLElement} input
 * @param {string} [hint]
 */
function messages(input, hint) {
  const error = h("p", { class: "error", id: `${input.id}-error`, hidden: true });
  const notes = hint ? [h("p", { class: "hint", id: `${input.id}-hint`, t: hint })] : [];
  const describe = (/** @type {string} */ text) => {
    const ids = [...(text ? [error.id] : []), ...notes.map((note) => note.id)];
    if (ids.length > 0) input.setAttribute("aria-describedby", ids.join(" "));
    else input.removeAttribute("aria-describedby");
  };
  const setError = (/** @type {string} */ text) => {
    setText(error, text);
    error.hidden = text === "";
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
    describe(text);
  };
  describe("");
  return { error, setError, notes };
}

/** @param {HTMLInputElement} input */
function revealButton(input) {
  const button = iconButton("eye", "reveal", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  }, { "aria-pressed": "false" });
  return button;
}

/**
 * A choice of one.
 * @param {{label: string, choices: {value: string, t?: string, text?: () => string}[], chosen?: string}} options
 * @returns {Field}
 */
export function choiceField({ label, choices, chosen }) {
  made += 1;
  const id = `input-${made}`;
  const select = h("select", { id }, ...choices.map((choice) => h("option", { value: choice.value, t: choice.t })));
  if (chosen !== undefined) select.value = chosen;
  store.on(["lang"], () => choices.forEach((choice, index) => {
    if (choice.text) setText(select.options[index], choice.text());
  }));
  const { error, setError } = messages(select);
  const node = h(
    "div", { class: "form-row" }, h("label", { for: id, t: label }), h("span", { class: "select" }, select, icon("down")), error);
  return { node, input: select, value: () => select.value, problem: () => "", setError };
}

/**
 * Any of a few.
 * @param {{label: string, choices: {value: string, t: string, checked?: boolean}[]}} options
 * @returns {Field}
 */
export function checksField({ label, choices }) {
  const error = h("p", { class: "error", hidden: true });
  const boxes = choices.map((choice) => h("input", { type: "checkbox", value: choice.value, checked: choice.checked }));
  const chosen = () => boxes.filter((box) => box.checked).map((box) => box.value);
  const setError = (/** @type {string} */ text) => {
    setText(error, text);
    error.hidden = text === "";
  };
  const node = h(
    "fieldset", { class: "form-row checks", onchange: () => setError("") }, h("legend", { t: label }),
    ...choices.map((choice, index) => h("label", { class: "check" }, boxes[index], h("span", { t: choice.t }))), error);
  return {
    node, input: boxes[0], value: chosen, problem: () => (chosen().length > 0 ? "" : t("problem.choose")), setError,
  };
}
