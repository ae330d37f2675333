/**
 * Small dialogs over the page: a title, a body, Escape closes.
 */
import { APIError } from "../api.js";
import { h, iconButton } from "../dom.js";
import { store } from "../state.js";
import { errorText } from "../submit.js";
import { toast } from "./toasts.js";

let made = 0;

/**
 * Opens a dialog that goes with its closing.
 * @param {string} title key of the locale
 * @param {(close: () => void) => (Node|null)[]} fill makes the body
 * @param {Record<string, any>} [props]
 * @returns {Promise<void>} when it is closed
 */
export function openDialog(title, fill, props = {}) {
  made += 1;
  const heading = h("h2", { id: `panel-${made}`, t: title });
  const dialog = h("dialog", { class: "panel", "aria-labelledby": heading.id, ...props });
  const close = () => dialog.close();
  const body = store.scoped(() => fill(close));
  dialog.append(
    h("div", { class: "panel-head" }, heading, iconButton("close", "close", close)),
    h("div", { class: "panel-body" }, ...body.made), h("div", { class: "toasts", role: "status" }));
  // A click beside it closes it, as long as nothing typed could be lost.
  dialog.addEventListener("pointerdown", (/** @type {Event} */ event) => {
    if (event.target === dialog && !dialog.querySelector("input")) close();
  });
  (document.querySelector("main") ?? document.body).append(dialog);
  dialog.showModal();
  /** @type {HTMLElement|null} */ (dialog.querySelector(".panel-body :is(input, button):not([tabindex])"))?.focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      body.end();
      dialog.remove();
      resolve();
    });
  });
}

/**
 * Asks before something that cannot be taken back.
 * @param {{title: string, text: string, action: string}} question `title`, `action`: keys; `text`: the sentence itself
 * @returns {Promise<boolean>}
 */
export async function confirmed({ title, text, action }) {
  let yes = false;
  await openDialog(title, (close) => [
    h("p", {}, text),
    h("div", { class: "panel-actions" },
      h("button", { type: "button", class: "button", t: "cancel", onclick: close }),
      h("button", { type: "button", class: "button danger", t: action, onclick: () => {
        yes = true;
        close();
      } })),
  ], { role: "alertdialog" });
  return yes;
}

/**
 * Carries out `act`; a refusal is said in a toast.
 * @param {() => Promise<any>} act
 * @returns {Promise<boolean>} whether it worked
 */
export async function attempt(act) {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    toast(errorText(error));
    return false;
  }
}
