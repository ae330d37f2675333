/**
 * The dialog that gives somebody a new password.
 */
import { admin } from "../../admin.js";
import { h } from "../../dom.js";
import { t } from "../../i18n.js";
import { openDialog } from "../dialog.js";
import { textField } from "../fields.js";
import { secret } from "../secret.js";
import { sendingForm } from "../sendingform.js";

/** Letters and digits that are not mistaken for each other when read aloud or from paper. */
const alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

/** @param {import("../../admin.js").Person} person */
export function openReset(person) {
  openDialog("people.reset", (close) => {
    const place = h("div");
    const password = textField({
      label: "password.new", hint: "reset.hint", type: "text", name: "reset-password", autocomplete: "off", autocapitalize: "none",
      spellcheck: "false", least: 8, maxlength: 128, value: suggestion(), class: "field code",
    });
    place.append(h("p", { class: "muted" }, t("people.reset.text", { name: person.name })), sendingForm({
      fields: { password },
      label: "people.reset.button",
      blame: { bad_password: "password" },
      async send(values) {
        await admin.changeUser(person.id, values);
        place.replaceChildren(
          secret("reset.once", values.password),
          h("div", { class: "panel-actions" }, h("button", { type: "button", class: "button", t: "close", onclick: close })));
        place.querySelector("button")?.focus();
      },
    }));
    return [place];
  });
}

/** 16 characters, 80 bits. */
function suggestion() {
  const numbers = crypto.getRandomValues(new Uint8Array(16));
  return [...numbers].map((number) => alphabet[number % alphabet.length]).join("");
}
