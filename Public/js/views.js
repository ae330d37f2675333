/**
 * Which of the page's views is seen: the door of those who have to log in, the pictures, the admin view.
 */
import { mountAnnouncer } from "./components/announcer.js";
import { focusPrompt, mountComposer } from "./components/composer.js";
import { mountHeader } from "./components/header.js";
import { mountHistory } from "./components/history.js";
import { mountStage } from "./components/stage.js";
import { toast } from "./components/toasts.js";
import { followJobs } from "./focus.js";
import { adminParts, doorParts, lightboxParts, plotParts } from "./lazy.js";
import { t, translate } from "./i18n.js";
import { watchForDone } from "./notify.js";
import { load } from "./prefs.js";
import { store } from "./state.js";

/** @typedef {"none"|"door"|"page"|"admin"} View */

/**
 * @param {string} id
 * @returns {any}
 */
const part = (id) => document.getElementById(id);

/** Only the view that is seen is in the document, so that it has one header and one main part. */
const nodes = { door: part("door"), page: part("app"), admin: part("admin") };

/** @type {Partial<Record<View, Promise<void>>>} the views that were built, or are being */
const built = {};

/**
 * The view that goes with the state.
 * @returns {View}
 */
export function view() {
  const { session, admin } = store.state;
  if (!session) return "none";
  // Where everybody is let in, the admin view has a door of its own.
  if (!session.user || (session.access === "open" && admin !== null && session.user.role !== "admin")) return "door";
  return admin !== null && session.user.role === "admin" ? "admin" : "page";
}

/** Follows the state from now on; comes before whatever measures what it shows. */
export function followViews() {
  for (const node of Object.values(nodes)) {
    node.remove();
    node.hidden = false;
  }
  /** @type {View} */
  let shown = "none";
  store.on(["session", "admin"], () => {
    const wanted = view();
    if (wanted === shown) return;
    shown = wanted;
    closeDialogs();
    show(wanted);
  });
}

/** @param {View} wanted */
async function show(wanted) {
  try {
    await build(wanted);
  } catch (error) {
    console.error(error);
    toast(t("error.unreachable"));
    return;
  }
  if (view() !== wanted || wanted === "none") return;
  put(nodes[wanted]);
  // With a keyboard at hand the caret waits in the first field; a phone would open its keys over the page.
  if (!matchMedia("(pointer: fine)").matches || location.hash) return;
  if (wanted === "page") focusPrompt();
  else [...nodes[wanted].querySelectorAll("input")].find((input) => input.value === "")?.focus();
}

/** @param {HTMLElement} node */
function put(node) {
  if (node.isConnected) return;
  for (const other of Object.values(nodes)) other.remove();
  part("toasts").before(node);
  // The language may have changed while it was away.
  translate(node);
  scrollTo(0, 0);
}

/**
 * Builds a view once; another try follows only where the first failed.
 * @param {View} wanted
 */
function build(wanted) {
  built[wanted] ??= builders[wanted]().catch((error) => {
    delete built[wanted];
    throw error;
  });
  return built[wanted];
}

/** @type {Record<View, () => Promise<void>>} */
const builders = {
  none: async () => {},
  door: async () => (await doorParts()).mountDoor(nodes.door),
  admin: async () => (await adminParts()).mountAdmin(nodes.admin),
  page: async () => {
    put(nodes.page);
    mountHeader(part("header"));
    mountComposer(part("composer"));
    mountStage(part("stage"));
    mountHistory(part("history"));
    mountAnnouncer(part("announcer"));
    followJobs();
    watchForDone();
    expectPictures();
    // A table that was begun goes on.
    if (load("plot", null)) plotParts();
  },
};

/** With the first picture comes what shows it large, before anybody clicks on it. */
function expectPictures() {
  let asked = false;
  store.on(["jobs", "image"], async () => {
    const { image, jobs } = store.state;
    if (asked || (!image && ![...jobs.values()].some((job) => job.images.length > 0))) return;
    asked = true;
    try {
      (await lightboxParts()).mountLightbox(part("lightbox"));
    } catch (error) {
      console.error(error);
      setTimeout(() => {
        asked = false;
        store.touch("image");
      }, 5000);
    }
  });
}

/** What is open belongs to the view that is left. The picture opened large goes by its own way. */
function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog.panel")) {
    if (dialog instanceof HTMLDialogElement) dialog.close();
  }
}
