/**
 * The page's two languages: look-up, plurals, and filling of marked elements.
 */
import { en } from "./locales/en.js";
import { fr } from "./locales/fr.js";
import { load, save } from "./prefs.js";

/** @typedef {string | {one: string, other: string}} Text */

/** @type {Record<string, Record<string, Text>>} */
const tables = { en, fr };
/**
 * Attributes with a text, by the name of the data attribute that holds its key.
 * @type {Record<string, string>}
 */
export const localised = { tLabel: "aria-label", tTitle: "title", tPlaceholder: "placeholder" };

let current = document.documentElement.lang === "fr" ? "fr" : "en";
let plural = new Intl.PluralRules(current);

/** The language shown: `en` or `fr`. */
export function language() {
  return current;
}

/** The languages there are. */
export const languages = Object.keys(tables);

/**
 * The text for `key`, with `{name}` replaced from `values`; `values.n` chooses the plural.
 * @param {string} key
 * @param {Record<string, string|number>} [values]
 * @returns {string}
 */
export function t(key, values = {}) {
  const entry = tables[current][key] ?? tables.en[key];
  if (entry === undefined) return key;
  const text = typeof entry === "string" ? entry : entry[plural.select(Number(values.n)) === "one" ? "one" : "other"];
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * Whether the locale has a text for `key`.
 * @param {string} key
 */
export function has(key) {
  return key in tables[current];
}

/**
 * Adds the texts of a part that is fetched later.
 * @param {Record<string, Record<string, Text>>} more by language
 */
export function addTexts(more) {
  for (const [lang, texts] of Object.entries(more)) Object.assign(tables[lang], texts);
}

/**
 * Fills every element below `root` that `h` marked with a key.
 * @param {ParentNode} [root]
 */
export function translate(root = document) {
  for (const node of root.querySelectorAll("[data-t]")) {
    if (node instanceof HTMLElement && node.dataset.t) node.textContent = t(node.dataset.t);
  }
  for (const [name, attribute] of Object.entries(localised)) {
    const selector = `[data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}]`;
    for (const node of root.querySelectorAll(selector)) {
      if (node instanceof HTMLElement) node.setAttribute(attribute, t(node.dataset[name] ?? ""));
    }
  }
}

/**
 * Shows the page in `lang` and remembers it.
 * @param {string} lang
 */
export function setLanguage(lang) {
  current = lang in tables ? lang : "en";
  plural = new Intl.PluralRules(current);
  document.documentElement.lang = current;
  save("lang", current, true);
  translate();
}

/** What was chosen before, or what the browser prefers. */
export function preferredLanguage() {
  return load("lang", null, true) ?? (/^fr/i.test(navigator.language) ? "fr" : "en");
}
