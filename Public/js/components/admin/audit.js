/**
 * What was done, by whom, newest first; older entries a page at a time.
 */
import { admin } from "../../admin.js";
import { h } from "../../dom.js";
import { has, t } from "../../i18n.js";
import { attempt } from "../dialog.js";
import { table, textColumn } from "../table.js";
import { latest, section, when } from "./part.js";

/** @typedef {import("../../admin.js").Entry} Entry */

const pageSize = 50;

/** @param {() => void} _refresh */
export function auditPart(_refresh) {
  const list = table({
    label: "admin.log", none: "audit.none", key: (/** @type {Entry} */ entry) => String(entry.number),
    columns: [
      textColumn("audit.at", (entry) => when(entry.at)),
      textColumn("audit.actor", actorText),
      textColumn("audit.action", (entry) => (has(`audit.${entry.action}`) ? t(`audit.${entry.action}`) : entry.action)),
      textColumn("audit.subject", (entry) => entry.subject ?? "", "wide"),
      textColumn("audit.detail", (entry) => detailText(entry.detail), "wide"),
    ],
  });
  /** @type {Map<number, Entry>} */
  const known = new Map();
  let more = false;
  const older = h("button", { type: "button", class: "button", t: "audit.older", hidden: true });

  /** @param {Entry[]} page */
  function take(page) {
    for (const entry of page) known.set(entry.number, entry);
    list.update([...known.values()].sort((a, b) => b.number - a.number));
    older.hidden = !more;
  }

  older.addEventListener("click", () => attempt(async () => {
    const page = await admin.audit({ limit: pageSize, before: Math.min(...known.keys()) });
    more = page.length === pageSize;
    take(page);
  }));
  return {
    node: section("admin.log", list.node, h("div", { class: "admin-more" }, older)),
    ...latest(() => admin.audit({ limit: pageSize }), (page) => {
      const first = known.size === 0;
      // More was done in one go than a page holds: what lies between is asked for anew.
      if (!first && page.every((entry) => !known.has(entry.number))) known.clear();
      if (known.size === 0) more = page.length === pageSize;
      take(page);
    }),
  };
}

/** @param {Entry} entry */
function actorText({ actor }) {
  if (actor?.id === "owner") return t("audit.owner");
  return actor?.name || t("audit.service");
}

/**
 * @param {any} detail
 * @returns {string}
 */
function detailText(detail) {
  if (detail === null || detail === undefined) return "";
  if (typeof detail !== "object") return String(detail);
  return Object.entries(detail).map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ");
}
