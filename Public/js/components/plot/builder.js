/**
 * The dialog that lays settings along axes.
 */
import { APIError } from "../../api.js";
import { h, icon, setText, uuid } from "../../dom.js";
import { limits, problems, request } from "../../form.js";
import { t } from "../../i18n.js";
import { parameter } from "../../parameters.js";
import { load, save } from "../../prefs.js";
import { store } from "../../state.js";
import { errorText } from "../../submit.js";
import { openDialog } from "../dialog.js";
import { allOf, axes, keyOf, placesOf } from "./axes.js";
import { earlier } from "./earlier.js";
import { beginPlan } from "./plan.js";
import { BadValue } from "./values.js";

/** @typedef {{axis: string, values: string, places: number}} Chosen */
/** @typedef {{node: HTMLElement, read: () => Chosen|null}} Row */

/** Most cells of a table. */
const most = () => limits().grid_cells ?? 100;

/** Opens the dialog. */
export function openBuilder() {
  return openDialog("plot.dialog", (close) => {
    const found = Object.entries(problems());
    if (found.length > 0) return [h("p", { class: "error" }, found[0][1]), earlier(close)];
    const count = h("p", { class: "muted", "aria-live": "polite" });
    const refusal = h("p", { class: "error", role: "alert" });
    const make = h("button", { type: "button", class: "button primary whole", t: "plot.make", onclick: () => send(rows, make, refusal, close) });
    const update = () => {
      const lengths = rows.map((row) => row.read()).flatMap((axis) => (axis ? [axis.places] : []));
      const cells = lengths.reduce((all, length) => all * length, lengths.length > 0 ? 1 : 0);
      setText(refusal, "");
      setText(count, cells > most() ? t("plot.many", { most: most() }) : cells > 0 ? t("plot.count", { sum: lengths.join(" × "), n: cells }) : "");
      make.disabled = cells === 0 || cells > most() || rows.some((row) => row.node.querySelector("[aria-invalid]"));
    };
    const rows = ["x", "y", "z"].map((name, index) => axisRow(name, index, update));
    update();
    return [h("p", { class: "muted", t: "plot.help" }), ...rows.map(({ node }) => node), count, refusal, make, earlier(close)];
  }, { class: "panel wide" });
}

/** One key for all tries of what is in the dialog: none makes a second table. */
let tried = { key: "", body: "" };

/**
 * @param {Row[]} rows
 * @param {any} button
 * @param {HTMLElement} refusal
 * @param {() => void} close
 */
async function send(rows, button, refusal, close) {
  /** @type {Record<string, any>} */
  const body = { ...request(), batch_count: 1 };
  // Empty rows leave no gaps: what there is goes across, then down.
  const chosen = rows.map((row) => row.read()).filter((axis) => axis !== null);
  chosen.forEach(({ axis, values }, at) => {
    body["xyz"[at]] = { axis, values };
  });
  const text = JSON.stringify(body);
  if (text !== tried.body) tried = { key: uuid(), body: text };
  button.disabled = true;
  try {
    await beginPlan(body, tried.key);
    tried = { key: "", body: "" };
    close();
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    setText(refusal, errorText(error));
    button.disabled = false;
  }
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
  const options = axes().map((name) => h("option", { value: name }, t(keyOf(name))));
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
      const places = placesOf(select.value, text.value, store.state.settings);
      say("");
      return places > 0 ? { axis: select.value, values: text.value, places } : null;
    } catch (problem) {
      if (!(problem instanceof BadValue)) throw problem;
      return say(t(select.value.startsWith("Prompt") ? "plot.absent" : "plot.bad", { value: problem.message }));
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
  if (name === "Prompt S/R") return t("plot.example.words");
  if (name === "Prompt order") return t("plot.example.order");
  if (name === "Size") return "512x512, 512x768";
  if (allOf(name).length > 0) return allOf(name).slice(0, 2).join(", ");
  return t(["integer", "number"].includes(parameter(name)?.type ?? "") ? "plot.example.numbers" : "plot.example.text");
}
