/**
 * Invitations: made here, shown once as a link, used once.
 */
import { admin } from "../../admin.js";
import { h, iconButton } from "../../dom.js";
import { t } from "../../i18n.js";
import { attempt, confirmed } from "../dialog.js";
import { choiceField } from "../fields.js";
import { secret } from "../secret.js";
import { sendingForm } from "../sendingform.js";
import { nodeColumn, table, textColumn } from "../table.js";
import { latest, long, when } from "./part.js";

/** @typedef {import("../../admin.js").Invitation} Invitation */

/** @param {() => void} refresh */
export function invitations(refresh) {
  const list = table({
    label: "admin.invitations", none: "invitations.none", key: (/** @type {Invitation} */ invitation) => invitation.id,
    columns: [
      textColumn("invitations.made", (invitation) => when(invitation.created_at)),
      textColumn("people.role", (invitation) => t(`role.${invitation.role}`)),
      textColumn("invitations.state", stateText),
      nodeColumn("actions", (invitation) => deleteButton(invitation, refresh), "actions"),
    ],
  });
  const fresh = h("div");
  const form = sendingForm({
    fields: {
      role: choiceField({
        label: "people.role", chosen: "user", choices: ["user", "admin"].map((role) => ({ value: role, t: `role.${role}` })),
      }),
      expires_hours: choiceField({
        label: "invitations.valid", chosen: "168",
        choices: [24, 72, 168, 720].map((hours) => ({ value: String(hours), text: () => t("days", { n: hours / 24 }) })),
      }),
    },
    label: "invitations.button",
    inline: true,
    async send(values) {
      const made = await admin.invite({ role: values.role, expires_hours: Number(values.expires_hours) });
      fresh.replaceChildren(secret("invitations.once", `${location.origin}${location.pathname}#invitation=${made.code}`));
      /** @type {HTMLElement|null} */ (fresh.querySelector("button"))?.focus();
      refresh();
    },
  });
  return { node: h("div", {}, form, fresh, list.node), ...latest(admin.invitations, list.update) };
}

/** @param {Invitation} invitation */
function isExpired(invitation) {
  return Date.parse(invitation.expires_at) < Date.now();
}

/** @param {Invitation} invitation */
function stateText(invitation) {
  if (invitation.used_by) return t("invitations.used", { name: invitation.used_by.name });
  if (isExpired(invitation)) return t("invitations.expired");
  return t("invitations.open", { time: long((Date.parse(invitation.expires_at) - Date.now()) / 1000) });
}

/**
 * @param {() => Invitation} invitation
 * @param {() => void} refresh
 */
function deleteButton(invitation, refresh) {
  return { node: iconButton("trash", "delete", async () => {
    const { id, used_by: used } = invitation();
    // One that is of no use to anybody any more goes without a question.
    const useless = used !== null || isExpired(invitation());
    const sure = useless || await confirmed({ title: "invitations.delete", text: t("invitations.delete.text"), action: "delete" });
    if (sure && await attempt(() => admin.deleteInvitation(id))) refresh();
  }) };
}
