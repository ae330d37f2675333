/**
 * The dialog that lays settings along axes.
 */
import { h, icon, setText } from "../../dom.js";
import { problems, request } from "../../form.js";
import { t } from "../../i18n.js";
import { load, save } from "../../prefs.js";
import { store } from "../../state.js";
import { openDialog } from "../dialog.js";
import { allOf, axes, replacing, valuesOf } from "./axes.js";
import { beginPlan } from "./plan.js";
import { BadValue } from "./values.js";

/** Most cells of a table. */
const most = 400;

/** @typedef {{node: HTMLElement, read: () => {name: string, values: any[]}|null}} Row */

/** Opens the dialog. */
export function openBuilder() {
  return openDialog("plot.dialog", (close) => {
    const found = Object.entries(problems());
    if (found.length > 0) return [h("p", { class: "error" }, found[0][1])];
    const count = h("p", { class: "muted", "aria-live": "polite" });
    const make = h("button", { type: "button", class: "button primary whole", t: "plot.make", onclick: () => {
      const chosen = rows.map((row) => row.read()).filter((axis) => axis !== null);
      beginPlan(chosen, request());
      close();
    } });
    const update = () => {
      const chosen = rows.map((row) => row.read());
      const lengths = chosen.flatMap((axis) => (axis ? [axis.values.length] : []));
      const cells = lengths.reduce((all, length) => all * length, lengths.length > 0 ? 1 : 0);
      setText(count, cells > most ? t("plot.many", { most }) : cells > 0 ? t("plot.count", { sum: lengths.join(" × "), n: cells }) : "");
      make.disabled = cells === 0 || cells > most || rows.some((row) => row.node.querySelector("[aria-invalid]"));
    };
    const rows = ["x", "y", "z"].map((name, index) => axisRow(name, index, update));
    update();
    return [h("p", { class: "muted", t: "plot.help" }), ...rows.map(({ node }) => node), count, make];
  }, { class: "panel wide" });
}

/**
 * @param {string} axis
 * @param {number} index
 * @param {() => void} onchange
 * @returns {Row}
 */
function axisRow(axis, index, onchange) {
  const remembered = load("axes", [])[index] ?? {};
  const id = `axis-${axis}`;
  const options = axes().map((name) => h("option", { value: name }, name === replacing ? t("plot.replace") : t(name)));
  const select = h("select", { id }, h("option", { value: "", t: "plot.nothing" }), ...options);
  select.value = axes().includes(remembered.name) ? remembered.name : "";
  const text = h("input", { class: "field", type: "text", tLabel: "plot.values", spellcheck: "false" });
  text.value = remembered.text ?? "";
  const all = h("button", { type: "button", class: "button", t: "plot.all", onclick: () => {
    text.value = allOf(select.value).map((name) => (/[",]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(", ");
    changed();
  } });
  const error = h("p", { class: "error", id: `${id}-error` });
  const read = () => {
    if (!select.value || !text.value.trim()) return say("");
    try {
      const values = valuesOf(select.value, text.value, store.state.settings.prompt);
      say("");
      return values.length > 0 ? { name: select.value, values } : null;
    } catch (problem) {
      if (!(problem instanceof BadValue)) throw problem;
      return say(t(select.value === replacing ? "plot.absent" : "plot.bad", { value: problem.message }));
    }
  };
  /** @param {string} words */
  const say = (words) => {
    setText(error, words);
    error.hidden = words === "";
    text.toggleAttribute("aria-invalid", words !== "");
    if (words) text.setAttribute("aria-describedby", error.id);
    else text.removeAttribute("aria-describedby");
    return null;
  };
  const changed = () => {
    const known = load("axes", []);
    known[index] = { name: select.value, text: text.value };
    save("axes", Array.from(known, (entry) => entry ?? {}));
    all.hidden = allOf(select.value).length === 0;
    text.placeholder = select.value ? example(select.value) : "";
    text.hidden = !select.value;
    onchange();
  };
  select.addEventListener("change", () => {
    text.value = "";
    changed();
  });
  text.addEventListener("input", changed);
  all.hidden = allOf(select.value).length === 0;
  text.hidden = !select.value;
  text.placeholder = select.value ? example(select.value) : "";
  const node = h(
    "div", { class: "axis" }, h("label", { for: id, class: "name" }, axis.toUpperCase()),
    h("span", { class: "select" }, select, icon("down")), h("div", { class: "axis-values" }, text, all), error);
  return { node, read };
}

/** @param {string} name */
function example(name) {
  if (name === replacing) return t("plot.example.words");
  return allOf(name).length > 0 ? allOf(name).slice(0, 2).join(", ") : t("plot.example.numbers");
}
