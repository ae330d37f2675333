/**
 * Controls the form is built from: sliders, choices, segments, numbers, each with its label and its error.
 */
import { h, icon, reconcile, setText } from "../dom.js";
import { change, value } from "../form.js";
import { has } from "../i18n.js";
import { store } from "../state.js";

/**
 * The place of a field's message, tied to its control.
 * @param {string} name
 * @param {HTMLElement[]} controls
 */
export function errorFor(name, ...controls) {
  const node = h("p", { class: "error", id: `error-${name}` });
  store.on(["errors", "lang"], () => {
    const message = store.state.errors[name] ?? "";
    setText(node, message);
    node.hidden = message === "";
    for (const control of controls) {
      const told = [message ? node.id : "", control.dataset.help ?? ""].filter(Boolean).join(" ");
      if (told) control.setAttribute("aria-describedby", told);
      else control.removeAttribute("aria-describedby");
      if (message) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  });
  return node;
}

/**
 * The name of a control, and what it does when the pointer rests on it.
 * @param {string} name
 * @param {string} id of the control
 */
function nameOf(name, id) {
  return h("label", { class: "name", for: id, t: name, tTitle: has(`hint.${name}`) ? `hint.${name}` : null });
}

/**
 * A slider with a number beside it that reaches the whole range.
 * @param {{name: string, min: number, max: number, soft?: number, step: number, help?: string}} spec
 *   `soft`: where the slider ends, when the range goes further than hands want to; `help`: id of a text that explains it
 */
export function sliderRow({ name, min, max, soft = max, step, help }) {
  const id = `field-${name}`;
  const slider = h("input", { type: "range", class: "slider", min, step, id: `${id}-slider`, tLabel: name });
  const box = h("input", { type: "number", class: "field", min, max, step: "any", id, inputmode: "decimal", "data-help": help });
  slider.addEventListener("input", () => change({ [name]: Number(slider.value) }));
  box.addEventListener("change", () => {
    const typed = Number(box.value);
    const ranged = Math.min(max, Math.max(min, Number.isFinite(typed) && box.value !== "" ? typed : value(name)));
    change({ [name]: step % 1 === 0 ? Math.round(ranged) : Math.round(ranged * 100) / 100 });
    box.value = String(value(name));
  });
  store.on(["settings", "capabilities"], () => {
    const now = value(name) ?? min;
    slider.max = String(Math.max(soft, now));
    slider.value = String(now);
    slider.style.setProperty("--fill", `${((now - min) / (Number(slider.max) - min)) * 100}%`);
    if (document.activeElement !== box) box.value = String(now);
  });
  return h(
    "div", { class: "row slider-row" }, nameOf(name, id), slider, box, errorFor(name, box));
}

/**
 * A choice of one from the server's list.
 * @param {{name: string, choices: {value: string, text: string}[], choosable?: () => string[]}} spec
 *   `choosable`: those of the choices that go with the other settings, the only ones shown
 * @param {string} [help] id of a text that explains it
 */
export function selectRow({ name, choices, choosable }, help) {
  const options = choices.map((choice) => h("option", { value: choice.value }, choice.text));
  const select = h("select", { id: `field-${name}`, "data-help": help }, ...options);
  // An empty choice is the model's own.
  select.addEventListener("change", () => change({ [name]: select.value || undefined }));
  store.on(["settings", "capabilities"], () => {
    if (choosable) {
      const open = choosable();
      reconcile(select, options.filter((option) => open.includes(option.value)));
    }
    select.value = value(name) ?? "";
  });
  return h("div", { class: "row" }, nameOf(name, select.id), h("span", { class: "select" }, select, icon("down")), errorFor(name, select));
}

/**
 * One of a few, all in sight.
 * @param {{name: string, label: string, choices: {value: any, text?: string, label?: string, node?: Element}[],
 *   read: () => any, write: (value: any) => void}} spec
 */
export function segments({ name, label, choices, read, write }) {
  const inputs = choices.map((choice) => {
    const input = h("input", { type: "radio", name: `segments-${name}`, value: String(choice.value) });
    if (choice.label) input.setAttribute("aria-label", choice.label);
    input.addEventListener("change", () => write(choice.value));
    return input;
  });
  store.on(["settings", "capabilities"], () => {
    const now = read();
    choices.forEach((choice, index) => {
      inputs[index].checked = choice.value === now;
    });
  });
  return h(
    "div", { class: "segments", role: "radiogroup", tLabel: label },
    ...choices.map((choice, index) =>
      h("label", { class: "segment" }, inputs[index], choice.node ?? null, choice.text ? h("span", {}, choice.text) : null)));
}
