/**
 * The admin view: parts by address, each told anew every few seconds while it is seen.
 */
import "../account/texts.js";
import { APIError } from "../../api.js";
import { h, icon, setText } from "../../dom.js";
import { addTexts, t } from "../../i18n.js";
import { en } from "../../locales/admin/en.js";
import { fr } from "../../locales/admin/fr.js";
import { checkSession } from "../../session.js";
import { store } from "../../state.js";
import { errorText } from "../../submit.js";
import { view } from "../../views.js";
import { headerTools } from "../header.js";
import { auditPart } from "./audit.js";
import { machinesPart } from "./machines.js";
import { peoplePart } from "./people.js";
import { queuePart } from "./queue.js";

addTexts({ en, fr });

/** Milliseconds between two questions. */
const pace = 3000;

/**
 * One part of the view. `refresh` asks and draws; `draw` draws again what is known, in another language.
 * @typedef {{node: HTMLElement, refresh: () => Promise<void>, draw: () => void}} Part
 */

/** @type {Record<string, (refresh: () => void) => Part>} */
const makers = { overview: machinesPart, queue: queuePart, people: peoplePart, log: auditPart };

/**
 * Builds the view around its parts.
 * @param {HTMLElement} slot
 */
function frame(slot) {
  const trouble = h("p", { class: "admin-trouble error", role: "status" });
  const place = h("div", { class: "admin-part" });
  const links = Object.keys(makers).map((name) =>
    h("a", { class: "segment", href: `#/admin/${name}`, "data-part": name, t: `admin.${name}` }));
  slot.append(
    h("header", { class: "top" },
      h("a", { class: "button plain admin-back", href: "#/" }, icon("left"), h("span", { t: "pictures" })), ...headerTools()),
    h("main", { class: "admin-main" },
      h("div", { class: "admin-head" }, h("h1", { t: "admin" }),
        h("nav", { class: "segments admin-nav", tLabel: "admin.parts" }, ...links)),
      trouble, place));
  return { trouble, place, links };
}

/**
 * The parts that were looked at, one of them in `place`.
 * @param {HTMLElement} place
 * @param {() => void} refresh
 */
function partsIn(place, refresh) {
  /** @type {Map<string, {made: Part, end: () => void}>} */
  const parts = new Map();
  return {
    /** @param {string} name */
    get: (name) => parts.get(name)?.made,
    draw: () => parts.forEach((part) => part.made.draw()),
    /** @param {string} name */
    put(name) {
      const part = parts.get(name) ?? store.scoped(() => makers[name](refresh));
      parts.set(name, part);
      if (part.made.node.parentNode === place) return;
      place.replaceChildren(part.made.node);
      scrollTo(0, 0);
    },
    /** What one admin saw is not kept for the next user of the browser. */
    clear() {
      parts.forEach((part) => part.end());
      parts.clear();
      place.replaceChildren();
    },
  };
}

/**
 * Builds the view.
 * @param {HTMLElement} slot
 */
export function mountAdmin(slot) {
  const { trouble, place, links } = frame(slot);
  const parts = partsIn(place, refresh);
  let current = "";
  let asked = 0;

  async function refresh() {
    asked = Date.now();
    const name = current;
    try {
      await parts.get(name)?.refresh();
      setText(trouble, "");
    } catch (error) {
      if (!(error instanceof APIError)) throw error;
      // The role may be gone since the page learned of it.
      if (error.status === 403) checkSession();
      if (name === current) setText(trouble, t("admin.trouble", { reason: errorText(error) }));
    }
  }

  store.on(["admin", "session"], () => {
    if (!store.state.session?.user) parts.clear();
    if (view() !== "admin") return;
    const wanted = store.state.admin ?? "";
    const name = Object.hasOwn(makers, wanted) ? wanted : "overview";
    for (const link of links) {
      if (link.dataset.part === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    current = name;
    parts.put(name);
    refresh();
  });
  store.on(["lang"], parts.draw);

  const watch = () => {
    if (view() === "admin" && !document.hidden && Date.now() - asked >= pace - 200) refresh();
  };
  setInterval(watch, pace);
  document.addEventListener("visibilitychange", watch);
}
