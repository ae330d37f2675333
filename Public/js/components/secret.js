/**
 * Something that is shown once: read it, copy it, it will not be shown again.
 */
import { copyText } from "../clipboard.js";
import { h, icon, setText } from "../dom.js";
import { t } from "../i18n.js";

/**
 * @param {string} label key: what it is, and that it is shown once
 * @param {string} value
 * @returns {HTMLElement}
 */
export function secret(label, value) {
  const field = h("input", { class: "field code", type: "text", readonly: true, value, tLabel: label, onfocus: () => field.select() });
  const words = h("span", { t: "copy" });
  const button = h("button", { type: "button", class: "button primary", onclick: async () => {
    if (!(await copyText(value))) {
      field.focus();
      return;
    }
    setText(words, t("copied"));
    setTimeout(() => setText(words, t("copy")), 1500);
  } }, icon("copy"), words);
  return h("div", { class: "secret", role: "status" }, h("p", { t: label }), h("div", { class: "secret-line" }, field, button));
}
