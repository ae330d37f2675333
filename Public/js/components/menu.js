/**
 * A button with a menu below it: arrows move, Escape closes, a click elsewhere too.
 */
import { h, icon } from "../dom.js";

/** @typedef {{label: string, icon?: string, act?: () => void, href?: string, danger?: boolean}} Item */

/** Pixels that stay free beside a menu. */
const gap = 4;

let made = 0;

/**
 * @param {HTMLButtonElement} button
 * @param {() => Item[]} items asked each time it opens; labels are keys of the locale
 * @returns {HTMLElement}
 */
export function menu(button, items) {
  made += 1;
  const list = h("div", { class: "menu", role: "menu", id: `menu-${made}`, hidden: true });
  const node = h("div", { class: "menu-place" }, button, list);
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-controls", list.id);
  button.setAttribute("aria-expanded", "false");

  function close(back = false) {
    if (list.hidden) return;
    list.hidden = true;
    document.removeEventListener("pointerdown", outside);
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  }

  /**
   * A press that moves no focus (Safari's buttons) closes it too.
   * @param {Event} event
   */
  function outside(event) {
    if (!node.contains(/** @type {Node} */ (event.target))) close();
  }

  /** @param {number} at */
  function open(at = 0) {
    list.replaceChildren(...items().map((item) => itemNode(item, close)));
    list.hidden = false;
    // Where there is no room below, as in the last rows of a table, it opens upwards.
    list.classList.remove("up");
    list.classList.toggle("up", list.getBoundingClientRect().bottom > innerHeight);
    // Words that are wider than the page is left of the button's end push it to the right.
    list.style.marginRight = "";
    list.style.marginRight = `${Math.min(0, list.getBoundingClientRect().left - gap)}px`;
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside);
    /** @type {HTMLElement|undefined} */ ([...list.children].at(at))?.focus();
  }

  button.addEventListener("click", () => (list.hidden ? open() : close()));
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const taken = list.hidden ? opens(event.key, open) : event.key === "Escape" ? close(true) : moves(event.key, list);
    if (taken === false) return;
    event.preventDefault();
    event.stopPropagation();
  });
  node.addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
    if (!node.contains(/** @type {Node|null} */ (event.relatedTarget))) close();
  });
  return node;
}

/**
 * The arrows open a closed menu, at its end they point to.
 * @param {string} key
 * @param {(at: number) => void} open
 * @returns {boolean} whether the key was one of them
 */
function opens(key, open) {
  if (key !== "ArrowDown" && key !== "ArrowUp") return false;
  open(key === "ArrowDown" ? 0 : -1);
  return true;
}

/**
 * Moves through an open menu, round at its ends.
 * @param {string} key
 * @param {HTMLElement} list
 * @returns {boolean} whether the key was one that moves
 */
function moves(key, list) {
  /** @type {any[]} */
  const entries = [...list.children];
  const at = entries.indexOf(document.activeElement);
  const next = { ArrowDown: (at + 1) % entries.length, ArrowUp: at - 1, Home: 0, End: -1 }[key];
  if (next === undefined) return false;
  entries.at(next).focus();
  return true;
}

/**
 * @param {Item} item
 * @param {(back?: boolean) => void} close
 */
function itemNode(item, close) {
  const props = { class: item.danger ? "menu-item danger" : "menu-item", role: "menuitem", tabindex: -1 };
  const content = [item.icon ? icon(item.icon) : null, h("span", { t: item.label })];
  if (item.href) return h("a", { ...props, href: item.href, onclick: () => close() }, ...content);
  return h("button", { ...props, type: "button", onclick: () => {
    // What is opened gives the keyboard back to the button.
    close(true);
    item.act?.();
  } }, ...content);
}
