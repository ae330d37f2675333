/**
 * Who uses the service, and who is invited.
 */
import { admin } from "../../admin.js";
import { h, icon, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { store } from "../../state.js";
import { attempt, confirmed } from "../dialog.js";
import { menu } from "../menu.js";
import { nodeColumn, table, textColumn } from "../table.js";
import { invitations } from "./invitations.js";
import { bytes, latest, section, short, when } from "./part.js";
import { openReset } from "./reset.js";

/** @typedef {import("../../admin.js").Person} Person */

/** @param {() => void} refresh */
export function peoplePart(refresh) {
  const people = table({
    label: "admin.people", none: "people.none", key: (/** @type {Person} */ person) => person.id,
    columns: [
      nodeColumn("people.name", nameCell),
      textColumn("people.role", (person) => t(`role.${person.role}`)),
      textColumn("people.jobs", (person) => (person.open_jobs ? t("people.jobs.open", { n: person.jobs, open: person.open_jobs }) : String(person.jobs)), "number"),
      textColumn("people.images", (person) => String(person.images), "number"),
      textColumn("people.bytes", (person) => bytes(person.image_bytes), "number"),
      textColumn("people.login", (person) => when(person.last_login_at)),
      textColumn("people.since", (person) => when(person.created_at)),
      nodeColumn("actions", (person) => actions(person, refresh), "actions"),
    ],
  });
  const list = latest(admin.users, people.update);
  // Where nobody logs in, nobody is invited.
  const invited = store.state.session?.access === "accounts" ? invitations(refresh) : null;
  return {
    node: h("div", {}, section("admin.people", people.node), invited && section("admin.invitations", invited.node)),
    draw() {
      list.draw();
      invited?.draw();
    },
    async refresh() {
      await Promise.all([list.refresh(), invited?.refresh()]);
    },
  };
}

/** @param {Person} person */
const nameOf = (person) => person.name || short(person.id);

function nameCell() {
  const name = h("b");
  const note = h("span", { class: "muted small" });
  return {
    node: h("div", { class: "stacked" }, name, note),
    update(/** @type {Person} */ person) {
      setText(name, nameOf(person));
      const notes = [];
      if (person.id === store.state.session?.user?.id) notes.push(t("people.you"));
      if (person.kind === "anonymous") notes.push(t("people.anonymous"));
      if (person.disabled) notes.push(t("people.disabled"));
      setText(note, notes.join(" · "));
      note.classList.toggle("error", person.disabled);
    },
  };
}

/**
 * @param {() => Person} person
 * @param {() => void} refresh
 */
function actions(person, refresh) {
  const button = h("button", { type: "button", class: "button plain square" }, icon("more"));
  const node = menu(button, () => itemsFor(person(), refresh));
  return {
    node,
    update(/** @type {Person} */ now) {
      node.hidden = itemsFor(now, refresh).length === 0;
      button.setAttribute("aria-label", t("people.actions", { name: nameOf(now) }));
      button.title = button.getAttribute("aria-label") ?? "";
    },
  };
}

/**
 * @param {Person} person
 * @param {() => void} refresh
 * @returns {import("../menu.js").Item[]}
 */
function itemsFor(person, refresh) {
  // Nobody shuts the door on themselves; one's own password is in the menu at one's name.
  if (person.kind === "local" || person.id === store.state.session?.user?.id) return [];
  const change = (/** @type {any} */ patch) => attempt(() => admin.changeUser(person.id, patch)).then(refresh);
  const door = person.disabled
    ? { label: "people.enable", icon: "tick", act: () => change({ disabled: false }) }
    : {
      label: "people.disable", icon: "close", danger: true,
      act: () => sure(person, "people.disable", () => change({ disabled: true })),
    };
  if (person.kind === "anonymous") return [door];
  const role = person.role === "admin" ? "user" : "admin";
  return [
    { label: `people.make.${role}`, icon: "user", act: () => sure(person, `people.make.${role}`, () => change({ role })) },
    { label: "people.reset", icon: "lock", act: () => openReset(person) },
    door,
  ];
}

/**
 * @param {Person} person
 * @param {string} key
 * @param {() => void} act
 */
async function sure(person, key, act) {
  if (await confirmed({ title: key, text: t(`${key}.text`, { name: nameOf(person) }), action: key })) act();
}
