/**
 * Everything made before: a grid by day, newest first, that loads as it is scrolled.
 */
import { thumbnailURL } from "../api.js";
import { h, icon, reconcile, setText } from "../dom.js";
import { dayKey, dayName } from "../format.js";
import { t } from "../i18n.js";
import { allImages } from "../jobs.js";
import { store } from "../state.js";
import { loadOlder } from "../sync.js";

/** @typedef {{node: HTMLElement, heading: HTMLElement, grid: HTMLElement}} Day */

/**
 * Builds the history.
 * @param {HTMLElement} section
 */
export function mountHistory(section) {
  const days = h("div");
  const end = h("p", { class: "history-end" });
  const favourites = h(
    "button", { type: "button", class: "button plain", onclick: toggleFavourites }, icon("heart", "fillable"), h("span", { t: "favourites" }));
  section.setAttribute("aria-labelledby", "history-title");
  section.append(
    h("div", { class: "history-head" }, h("h2", { id: "history-title", t: "history" }), favourites), days, end);

  /** @type {Map<string, HTMLElement>} */
  const tiles = new Map();
  /** @type {Map<string, Day>} */
  const groups = new Map();
  store.on(["jobs", "history", "hiddenImages", "lang"], () => {
    const { history } = store.state;
    const images = allImages();
    section.hidden = images.length === 0 && !history.favourites;
    favourites.setAttribute("aria-pressed", String(history.favourites));
    const shown = arrange(images, tiles, groups);
    reconcile(days, shown);
    setText(end, images.length === 0 && history.favourites && !history.more ? t("favourites.none") : history.loading ? t("loading") : "");
    end.hidden = end.textContent === "" && !history.more;
    fillScreen(end);
  });
  new IntersectionObserver(
    (entries) => {
      if (entries.some((entry) => entry.isIntersecting)) loadOlder();
    },
    { rootMargin: "1200px" }).observe(end);
}

/**
 * The observer only tells of changes: a page that did not push the end out of sight needs the next.
 * @param {HTMLElement} end
 */
function fillScreen(end) {
  const { history } = store.state;
  if (!history.ready || history.loading || !history.more) return;
  requestAnimationFrame(() => {
    if (!end.hidden && end.isConnected && end.getBoundingClientRect().top < innerHeight + 1200) loadOlder();
  });
}

function toggleFavourites() {
  const { history } = store.state;
  store.set({ history: { ...history, favourites: !history.favourites } });
}

/**
 * Puts each picture's tile into its day, keeping tiles that are there.
 * @param {ReturnType<typeof allImages>} images
 * @param {Map<string, HTMLElement>} tiles
 * @param {Map<string, Day>} groups
 */
function arrange(images, tiles, groups) {
  /** @type {Map<string, {instant: string, tiles: HTMLElement[]}>} */
  const wanted = new Map();
  const seen = new Set();
  for (const { job, image } of images) {
    const key = dayKey(job.created_at);
    const day = wanted.get(key) ?? { instant: job.created_at, tiles: [] };
    wanted.set(key, day);
    const made = tiles.get(image.id) ?? tile(image.id, job.request.prompt);
    tiles.set(image.id, made);
    seen.add(image.id);
    mark(made, image.favourite);
    day.tiles.push(made);
  }
  for (const id of tiles.keys()) if (!seen.has(id)) tiles.delete(id);
  return [...wanted].map(([key, day]) => {
    const group = groups.get(key) ?? makeDay();
    groups.set(key, group);
    setText(group.heading, dayName(day.instant));
    reconcile(group.grid, day.tiles);
    return group.node;
  });
}

/** @returns {Day} */
function makeDay() {
  const heading = h("h3");
  const grid = h("div", { class: "grid" });
  return { node: h("div", { class: "day" }, heading, grid), heading, grid };
}

/**
 * @param {string} id
 * @param {string} prompt
 */
function tile(id, prompt) {
  return h(
    "a", { class: "tile", href: `#/image/${id}`, "data-image": id },
    h("img", { src: thumbnailURL(id), alt: prompt, loading: "lazy", decoding: "async", width: 256, height: 256 }));
}

/**
 * @param {HTMLElement} node
 * @param {boolean} favourite
 */
function mark(node, favourite) {
  const heart = node.querySelector(".icon");
  if (favourite && !heart) node.append(icon("heart"));
  else if (!favourite) heart?.remove();
}
