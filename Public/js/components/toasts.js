/**
 * Short words at the bottom that go by themselves, with one thing that can be done about them.
 */
import { h } from "../dom.js";

/**
 * @param {string} text
 * @param {{label: string, act: () => void}} [action]
 * @param {() => void} [onend] when it goes without the action
 */
export function toast(text, action, onend) {
  // Above the dialog opened last, which makes the rest of the page inert.
  const slot = [...document.querySelectorAll("dialog[open] .toasts")].at(-1) ?? document.getElementById("toasts");
  const node = h("div", { class: "toast" }, h("span", {}, text));
  const timer = setTimeout(() => end(), action ? 6000 : 2500);
  function end(acted = false) {
    clearTimeout(timer);
    if (!node.isConnected && acted) return;
    node.remove();
    if (!acted) onend?.();
  }
  if (action) {
    node.append(h("button", { type: "button", onclick: () => {
      end(true);
      action.act();
    } }, action.label));
  }
  slot?.append(node);
}
