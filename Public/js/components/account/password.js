/**
 * The dialog that changes one's own password.
 */
import { accounts } from "../../accounts.js";
import { h } from "../../dom.js";
import { t } from "../../i18n.js";
import { changeSession } from "../../session.js";
import { store } from "../../state.js";
import { openDialog } from "../dialog.js";
import { textField } from "../fields.js";
import { sendingForm } from "../sendingform.js";
import { toast } from "../toasts.js";

/** Opens it. */
export function open() {
  openDialog("password.title", (close) => {
    const form = sendingForm({
      fields: {
        password: textField({ label: "password.now", type: "password", name: "password", autocomplete: "current-password" }),
        new_password: textField({
          label: "password.new", hint: "signup.password.hint", type: "password", name: "new-password",
          autocomplete: "new-password", least: 8, maxlength: 128,
        }),
      },
      label: "password.button",
      blame: { wrong_password: "password", bad_password: "new_password" },
      async send(values) {
        await changeSession(() => accounts.changePassword(values));
        close();
        toast(t("password.done"));
      },
    });
    // Password managers look for whose password it is.
    form.prepend(h("input", {
      class: "hidden-visually", type: "text", name: "username", autocomplete: "username", readonly: true, tabindex: -1,
      "aria-hidden": "true", value: store.state.session?.user?.name,
    }));
    return [h("p", { class: "muted", t: "password.text" }), form];
  });
}
