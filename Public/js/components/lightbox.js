/**
 * One picture as large as fits, its neighbours a key away, its parameters beneath.
 */
import { imageURL } from "../api.js";
import { h, icon, iconButton, setText } from "../dom.js";
import { downloadRequest } from "../download.js";
import { change, limits, modes, use } from "../form.js";
import { t } from "../i18n.js";
import { allImages } from "../jobs.js";
import { copyText } from "../clipboard.js";
import { deletePicture, toggleFavourite } from "../pictures.js";
import { closeImage, turnTo } from "../router.js";
import { askable, requestOf } from "../single.js";
import { store } from "../state.js";
import { submit } from "../submit.js";
import { loadOlder } from "../sync.js";
import { focusPrompt } from "./composer.js";
import { pngTexts } from "../reading/pngtext.js";
import { sourceParts } from "../lazy.js";
import { compare } from "./compare.js";
import { details } from "./details.js";
import { menu } from "./menu.js";
import "./more/texts.js";
import "./source/texts.js";
import { clearPicture, showPicture } from "./picture.js";

/** @typedef {ReturnType<typeof allImages>[number]} Entry */

/**
 * Builds the dialog.
 * @param {HTMLDialogElement} dialog
 */
export function mountLightbox(dialog) {
  const number = h("p", { class: "lightbox-number", id: "lightbox-number" });
  const picture = h("div");
  const previous = iconButton("left", "previous", () => step(-1), { class: "button plain turn" });
  const next = iconButton("right", "picture.next", () => step(1), { class: "button plain turn" });
  const facts = h("div", { class: "details" });
  const against = compare(picture);
  const actions = actionBar(against.button);
  dialog.setAttribute("aria-labelledby", "lightbox-number");
  dialog.append(
    h("div", { class: "lightbox-bar" }, number, actions.node, iconButton("close", "close", closeImage)),
    h("div", { class: "lightbox-view" }, previous, h("div", { class: "lightbox-picture" }, picture), next),
    facts, h("div", { class: "toasts", role: "status" }));
  listen(dialog);

  let shownFacts = "";
  let searching = false;
  store.on(["image", "jobs", "history", "hiddenImages", "lang"], () => {
    const { image: id, history } = store.state;
    if (!id) {
      if (dialog.open) leave(dialog);
      clearPicture(picture);
      shownFacts = "";
      return;
    }
    if (!dialog.open) {
      dialog.showModal();
      // Arrows and Escape work at once, and no button looks chosen.
      dialog.focus();
    }
    const images = allImages();
    const at = images.findIndex((entry) => entry.image.id === id);
    const entry = images[at];
    setText(number, at < 0 ? "" : `${at + 1} / ${images.length}${history.more ? "+" : ""}`);
    // Not `disabled`: a button that has the focus would swallow the arrow keys.
    previous.setAttribute("aria-disabled", String(at <= 0));
    next.setAttribute("aria-disabled", String(at < 0 || at >= images.length - 1));
    show(picture, id, entry);
    actions.update(entry);
    against.update(entry);
    const key = entry ? `${id} ${store.state.lang}` : "";
    if (key !== shownFacts) facts.replaceChildren(...(entry ? details(entry) : []));
    shownFacts = key;
    // A picture further down, or opened by its address: older pages are asked for until it is found.
    if ((at < 0 || at >= images.length - 4) && history.more && history.ready && !searching) {
      searching = true;
      loadOlder().finally(() => {
        searching = false;
        store.touch("image");
      });
    }
    for (const near of [images[at + 1], images[at - 1]]) {
      if (near && at >= 0) new Image().src = imageURL(near.image.id);
    }
  });
}

/**
 * @param {HTMLElement} box
 * @param {string} id
 * @param {Entry|undefined} entry
 */
function show(box, id, entry) {
  box.style.setProperty("--w", String(entry?.image.width ?? 1));
  box.style.setProperty("--h", String(entry?.image.height ?? 1));
  showPicture(box, imageURL(id), entry ? t("picture.alt", { prompt: entry.job.request.prompt }) : t("picture"));
}

/**
 * The picture `by` places further.
 * @param {number} by
 */
function neighbour(by) {
  const images = allImages();
  const at = images.findIndex((entry) => entry.image.id === store.state.image);
  return at < 0 ? undefined : images[at + by]?.image.id;
}

/** @param {number} by */
function step(by) {
  const id = neighbour(by);
  if (id) turnTo(id);
}

/**
 * Closes, and gives the keyboard back to the picture last seen.
 * @param {HTMLDialogElement} dialog
 */
function leave(dialog) {
  dialog.close();
  if (lastSeen) {
    /** @type {HTMLElement|null} */
    const tile = document.querySelector(`[data-image="${CSS.escape(lastSeen)}"]`);
    tile?.focus({ preventScroll: true });
  }
}

/** @type {string|null} */
let lastSeen = null;

/** @param {HTMLDialogElement} dialog */
function listen(dialog) {
  store.on(["image"], () => {
    lastSeen = store.state.image ?? lastSeen;
  });
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeImage();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else return;
    event.preventDefault();
  });
  // A finger turns the page.
  let from = /** @type {{x: number, y: number}|null} */ (null);
  dialog.addEventListener("pointerdown", (event) => {
    from = event.pointerType === "touch" ? { x: event.clientX, y: event.clientY } : null;
  });
  dialog.addEventListener("pointerup", (event) => {
    if (!from) return;
    const across = event.clientX - from.x;
    if (Math.abs(across) > 50 && Math.abs(across) > 2 * Math.abs(event.clientY - from.y)) step(across < 0 ? 1 : -1);
    from = null;
  });
}

/** @param {HTMLElement} against */
function actionBar(against) {
  /** @type {Entry|undefined} */
  let entry;
  const favourite = iconButton("heart", "favourite", () => entry && toggleFavourite(entry.image));
  const save = h("a", { class: "button plain square", tLabel: "download", tTitle: "download" }, icon("save"));
  const copy = iconButton("copy", "copy.parameters", async () => {
    if (!entry || !(await copyText(await parameters(entry.image.id)))) return;
    copy.dataset.copied = t("copied");
    setTimeout(() => delete copy.dataset.copied, 1200);
  }, { class: "button plain square copy-button" });
  const reuse = iconButton("reuse", "use", () => {
    if (!entry) return;
    use(entry.job.request, entry.image);
    closeImage();
    setTimeout(focusPrompt, 50);
  });
  const send = iconButton("send", "source.send", () => {});
  const sending = menu(send, () => [
    ...modes().filter((name) => name !== "txt2img").map((name) => ({ label: `send.${name}`, icon: signs[name], act: () => entry && startFrom(entry, name) })),
    ...(entry?.job.request.mode === "upscale" ? [] : [{ label: "send.variations", icon: "dice", act: () => entry && vary(entry) }]),
    { label: "send.settings", icon: "save", act: () => entry && downloadRequest(requestOf(entry), `atelier-${entry.image.seed}.json`) },
  ]);
  const remove = iconButton("trash", "delete", () => {
    if (!entry) return;
    const { id } = entry.image;
    const after = neighbour(1) ?? neighbour(-1);
    deletePicture(id);
    if (after) turnTo(after);
    else closeImage();
  });
  return {
    node: h("div", { class: "lightbox-actions" }, against, save, copy, reuse, sending, favourite, remove),
    /** @param {Entry|undefined} now */
    update(now) {
      entry = now;
      for (const button of [favourite, copy, reuse, send, remove]) button.disabled = !now;
      favourite.setAttribute("aria-pressed", String(now?.image.favourite ?? false));
      const id = now?.image.id ?? store.state.image ?? "";
      save.setAttribute("href", imageURL(id));
      save.setAttribute("download", `atelier-${now?.image.seed ?? id}.png`);
    },
  };
}

/**
 * Makes pictures that differ a little: the same seed, with some of the noise of others.
 * @param {Entry} entry
 */
function vary(entry) {
  const request = requestOf(entry);
  const { width, height } = entry.image;
  submit({
    ...askable(request), batch_count: Math.min(4, limits().max_batch_count), variation_seed: -1,
    variation_strength: request.variation_strength || 0.2,
  }, { width, height });
  closeImage();
}

/** @type {Record<string, string>} */
const signs = { img2img: "picture", inpaint: "brush", upscale: "fit" };

/**
 * Makes the picture the one to start from, with the words it was made from.
 * @param {Entry} entry
 * @param {string} mode
 */
async function startFrom({ job, image }, mode) {
  const source = await sourceParts();
  change({ prompt: job.request.prompt, negative_prompt: job.request.negative_prompt ?? "", model: job.request.model });
  source.startFrom({ id: image.id, width: image.width, height: image.height }, mode);
  closeImage();
  // Beside the stage nothing moves; on a phone the form is above it.
  setTimeout(() => document.querySelector(".source")?.scrollIntoView({ block: "nearest" }), 200);
}

/**
 * The very text that stands in the picture's file.
 * @param {string} id
 */
async function parameters(id) {
  const answer = await fetch(imageURL(id));
  return (await pngTexts(new Uint8Array(await answer.arrayBuffer()))).get("parameters") ?? "";
}
