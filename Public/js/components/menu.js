/**
 * A button with a menu below it: arrows move, Escape closes, a click elsewhere too.
 */
import { h, icon } from "../dom.js";

/** @typedef {{label: string, icon?: string, act?: () => void, href?: string, danger?: boolean}} Item */

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
    button.setAttribute("aria-expanded", "true");
    document.addEventListener("pointerdown", outside);
    entries().at(at)?.focus();
  }

  /** @returns {HTMLElement[]} */
  const entries = () => [...list.children];

  button.addEventListener("click", () => (list.hidden ? open() : close()));
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const all = entries();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (event.key === "Escape" && !list.hidden) close(true);
    else if (event.key === "ArrowDown") list.hidden ? open() : all[(at + 1) % all.length].focus();
    else if (event.key === "ArrowUp") list.hidden ? open(-1) : all.at(at - 1)?.focus();
    else if (event.key === "Home" && !list.hidden) all[0].focus();
    else if (event.key === "End" && !list.hidden) all.at(-1)?.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  node.addEventListener("focusout", (/** @type {FocusEvent} */ event) => {
    if (!node.contains(/** @type {Node|null} */ (event.relatedTarget))) close();
  });
  return node;
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
