/**
 * A form that sends itself: errors beside their fields, one sending at a time, the server's waits kept.
 */
import { APIError } from "../api.js";
import { h, setText } from "../dom.js";
import { duration } from "../format.js";
import { t } from "../i18n.js";
import { store } from "../state.js";
import { errorText } from "../submit.js";

/** @typedef {import("./fields.js").Field} Field */

/** How often a form that found the server busy is sent again by itself. */
const mostTries = 5;

/**
 * @param {{fields: Record<string, Field>, label: string, send: (values: any) => Promise<void>, inline?: boolean,
 *   blame?: Record<string, string>}} options
 *   `label`: key of the button; `blame`: the field an error code belongs to, where the server names none
 * @returns {HTMLFormElement}
 */
export function sendingForm({ fields, label, send, inline = false, blame = {} }) {
  const whole = h("p", { class: "error", role: "alert" });
  const button = sendButton(label);
  const form = h(
    "form", { class: inline ? "form inline" : "form", novalidate: true },
    ...Object.values(fields).map((field) => field.node), whole, button.node);
  let tries = 0;

  /** @param {APIError} error */
  function show(error) {
    const field = fields[error.field ?? blame[error.code] ?? ""];
    if (field) {
      field.setError(errorText(error));
      field.input?.focus();
    } else setText(whole, errorText(error));
    const busy = error.code === "login_busy";
    if (!error.retryAfter || (!busy && error.status !== 429)) return;
    tries = busy ? tries + 1 : 0;
    button.wait(error.retryAfter, () => {
      setText(whole, "");
      if (busy && tries <= mostTries && form.isConnected) form.requestSubmit();
    });
  }

  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (button.isShut()) return;
    setText(whole, "");
    if (!areRight(Object.values(fields))) return;
    button.setBusy(true);
    try {
      await send(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value()])));
      tries = 0;
    } catch (error) {
      if (!(error instanceof APIError)) throw error;
      show(error);
    } finally {
      button.setBusy(false);
    }
  });
  return form;
}

/**
 * Says what is wrong at every field, and puts the caret into the first.
 * @param {Field[]} fields
 */
function areRight(fields) {
  for (const field of fields) field.setError(field.problem());
  const wrong = fields.filter((field) => field.problem());
  wrong[0]?.input?.focus();
  return wrong.length === 0;
}

/**
 * The button that sends: shut while it does, and for as long as the server asked.
 * @param {string} label key
 */
function sendButton(label) {
  const words = h("span");
  const node = h("button", { type: "submit", class: "button primary" }, words);
  let busy = false;
  let waiting = 0;
  /** @type {ReturnType<typeof setInterval>|undefined} */
  let clock;
  const draw = () => {
    node.toggleAttribute("data-busy", busy);
    node.setAttribute("aria-disabled", String(busy || waiting > 0));
    setText(words, waiting > 0 ? `${t(label)} · ${duration(waiting)}` : t(busy ? "sending" : label));
  };
  store.on(["lang"], draw);
  return {
    node,
    isShut: () => busy || waiting > 0,
    /** @param {boolean} now */
    setBusy(now) {
      busy = now;
      draw();
    },
    /**
     * @param {number} seconds
     * @param {() => void} then
     */
    wait(seconds, then) {
      waiting = Math.ceil(seconds);
      clearInterval(clock);
      clock = setInterval(() => {
        waiting -= 1;
        draw();
        if (waiting > 0) return;
        clearInterval(clock);
        then();
      }, 1000);
    },
  };
}
