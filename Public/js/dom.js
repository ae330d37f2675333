/**
 * Small helpers to build elements. Text always goes in as text nodes, never as HTML.
 */

import { localised, t } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * Makes an element.
 *
 * `on…` properties are listeners; `t`, `tLabel`, `tTitle` and `tPlaceholder` name texts of the locale and are
 * filled again whenever the language changes; the rest are attributes (`false`, null: left out).
 * @param {string} tag
 * @param {Record<string, any>} [props]
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {any}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "t") {
      node.dataset.t = value;
      node.textContent = t(value);
    } else if (name in localised) {
      node.dataset[name] = value;
      node.setAttribute(localised[name], t(value));
    } else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) {
    if (child) node.append(child);
  }
  return node;
}

/**
 * A symbol of icons.svg, hidden from assistive technology: its control carries the label.
 * @param {string} name
 * @param {string} [extra] more classes
 */
export function icon(name, extra = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/**
 * Shows another symbol in an icon made by `icon`.
 * @param {Element} svg
 * @param {string} name
 */
export function setIcon(svg, name) {
  const use = svg.querySelector("use");
  if (use && use.getAttribute("href") !== `icons.svg#${name}`) use.setAttribute("href", `icons.svg#${name}`);
}

/**
 * A button that shows only a symbol.
 * @param {string} name symbol
 * @param {string} label key of the locale
 * @param {(event: MouseEvent) => void} onclick
 * @param {Record<string, any>} [props]
 */
export function iconButton(name, label, onclick, props = {}) {
  return h(
    "button",
    { type: "button", class: "button plain square", tLabel: label, tTitle: label, onclick, ...props },
    icon(name, "fillable"));
}

/**
 * Changes an element's text only when it differs, so that selections and screen readers are left alone.
 * @param {Element} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Makes `parent`'s children exactly `wanted`, moving as few as possible.
 * @param {Element} parent
 * @param {Element[]} wanted
 */
export function reconcile(parent, wanted) {
  let at = parent.firstElementChild;
  for (const child of wanted) {
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
  while (at) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
}

/** A random UUID; `crypto.randomUUID` is missing on pages served without TLS to another host. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
