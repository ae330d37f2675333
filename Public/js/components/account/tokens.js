/**
 * The dialog of API tokens: what programs use instead of a password.
 */
import { accounts } from "../../accounts.js";
import { h, iconButton } from "../../dom.js";
import { dateTime } from "../../format.js";
import { t } from "../../i18n.js";
import { store } from "../../state.js";
import { attempt, confirmed, openDialog } from "../dialog.js";
import { checksField, choiceField, textField } from "../fields.js";
import { secret } from "../secret.js";
import { sendingForm } from "../sendingform.js";

/** @typedef {import("../../accounts.js").Token} Token */

/** Opens it. */
export function open() {
  openDialog("tokens.title", () => {
    const fresh = h("div");
    const list = h("ul", { class: "tokens" });
    const load = () => attempt(async () => draw(list, await accounts.tokens(), load));
    load();
    return [
      h("p", { class: "muted", t: "tokens.text" }), fresh, list, h("h3", { t: "tokens.create" }),
      createForm((made) => {
        fresh.replaceChildren(secret("tokens.once", made.token));
        fresh.querySelector("button")?.focus();
        load();
      }),
    ];
  }, { class: "panel wide" });
}

/**
 * @param {HTMLElement} list
 * @param {Token[]} tokens
 * @param {() => void} reload
 */
function draw(list, tokens, reload) {
  if (tokens.length === 0) {
    list.replaceChildren(h("li", { class: "muted", t: "tokens.none" }));
    return;
  }
  list.replaceChildren(...tokens.map((token) => {
    const facts = [
      token.scopes.map((scope) => t(`scope.${scope}`)).join(", "),
      t("tokens.made", { time: dateTime(token.created_at) }),
      token.last_used_at ? t("tokens.used", { time: dateTime(token.last_used_at) }) : t("tokens.unused"),
      token.expires_at ? t("tokens.expires", { time: dateTime(token.expires_at) }) : t("tokens.forever"),
    ];
    const remove = iconButton("trash", "delete", async () => {
      const text = t("tokens.delete.text", { name: token.name });
      if (!(await confirmed({ title: "tokens.delete", text, action: "delete" }))) return;
      if (await attempt(() => accounts.deleteToken(token.id))) reload();
    });
    remove.setAttribute("aria-label", t("delete.one", { name: token.name }));
    return h(
      "li", { class: "token" }, h("div", {}, h("b", {}, token.name), h("p", { class: "muted small" }, facts.join(" · "))), remove);
  }));
}

/** @param {(made: Token & {token: string}) => void} done */
function createForm(done) {
  const scopes = ["submit", "read", ...(store.state.session?.user?.role === "admin" ? ["admin"] : [])];
  const name = textField({ label: "tokens.name", hint: "tokens.name.hint", name: "token-name", autocomplete: "off", maxlength: 64 });
  return sendingForm({
    fields: {
      name,
      scopes: checksField({
        label: "tokens.scopes", choices: scopes.map((scope) => ({ value: scope, t: `scope.${scope}`, checked: scope !== "admin" })),
      }),
      expires_days: choiceField({
        label: "tokens.expiry", chosen: "90",
        choices: [
          ...[30, 90, 365].map((days) => ({ value: String(days), text: () => t("days", { n: days }) })),
          { value: "", t: "never" },
        ],
      }),
    },
    label: "tokens.button",
    async send(values) {
      const days = values.expires_days === "" ? null : Number(values.expires_days);
      const made = await accounts.createToken({ ...values, expires_days: days });
      name.input.value = "";
      done(made);
    },
  });
}
