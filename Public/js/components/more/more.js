/**
 * What is folded away: the exact size, and every setting the server lists that has no place of its own, in groups.
 */
import { h, icon, setText } from "../../dom.js";
import { change, defaults, extraParameters, limits, mode, request, reset, size } from "../../form.js";
import { t } from "../../i18n.js";
import { dropParts, plotParts } from "../../lazy.js";
import { choicesOf, parameter } from "../../parameters.js";
import { store } from "../../state.js";
import { downloadRequest } from "../../download.js";
import { errorFor } from "../controls.js";
import { fold } from "../fold.js";
import { groupOf, groups, inPlace } from "./groups.js";
import { parameterRow } from "./parameter.js";
import { fileButton, promptsButton, runButton } from "./saved.js";
import "./texts.js";

/** @returns {HTMLElement[]} */
export function more() {
  const wanted = extraParameters().filter((entry) => !inPlace(entry.name, mode()) && choicesOf(entry)?.length !== 0);
  const rows = groups
    .map((name) => ({ name, entries: wanted.filter((entry) => groupOf(entry.name) === name) }))
    .filter(({ entries }) => entries.length > 0)
    .map(({ name, entries }) => group(name, entries));
  return [
    sizeRow(defaults()), ...rows, h("div", { class: "pair-of-buttons" }, readButton(), saveButton(), runButton(), promptsButton()),
    h("button", { type: "button", class: "button", onclick: async () => (await plotParts()).openBuilder(), t: "plot" }),
    h("button", { type: "button", class: "button", onclick: reset, t: "reset" }),
    h("p", { class: "small muted", t: "keys" }),
  ];
}

/** Where nothing can be dropped, as on a phone, a picture's parameters are read by this. */
const readButton = () => fileButton({
  label: "read", sign: "reuse", accept: "image/*,application/json,.json", take: async (file) => (await dropParts()).take([file], "", "read"),
});

/** The form as a file with every setting, to be read again here or run by the tool. */
function saveButton() {
  return h(
    "button", { type: "button", class: "button whole", tTitle: "hint.save", onclick: () => downloadRequest(request()) }, icon("save"), h("span", { t: "save" }));
}

/**
 * Settings that belong together; how many of them were changed is seen while it is folded.
 * @param {string} name
 * @param {import("../../types.js").Parameter[]} entries
 */
function group(name, entries) {
  const count = h("span", { class: "fold-value" });
  store.on(["settings", "lang"], () => {
    /** @type {any} */
    const settings = store.state.settings;
    const changed = entries.filter((entry) => settings[entry.name] !== undefined && settings[entry.name] !== entry.default);
    setText(count, changed.length ? t("changed", { n: changed.length }) : "");
  });
  const node = fold({ name: `more.${name}`, label: `group.${name}`, value: count }, (body) => {
    body.append(...entries.map(parameterRow));
  });
  // A refusal of something folded away has to be seen.
  store.on(["errors"], () => {
    if (entries.some((entry) => store.state.errors[entry.name])) node.open = true;
  });
  node.classList.add("group");
  return node;
}

/** @param {import("../../types.js").Defaults} base */
function sizeRow(base) {
  const boxes = /** @type {const} */ (["width", "height"]).map((name) => {
    const box = h("input", {
      type: "number", class: "field", id: `field-${name}`, min: limits().min_side, max: limits().max_side,
      step: parameter(name)?.step ?? limits().side_multiple, tLabel: name,
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
