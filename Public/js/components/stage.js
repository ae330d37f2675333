/**
 * The mat: the current job's pictures, from soft noise over previews to the finished ones.
 */
import { imageURL } from "../api.js";
import { grown } from "../aspects.js";
import { h, icon, setText } from "../dom.js";
import { change, model } from "../form.js";
import { language, t } from "../i18n.js";
import { store } from "../state.js";
import { make } from "./composer.js";
import { clearPicture, grain, showPicture } from "./picture.js";
import { jobList } from "./joblist.js";
import { statusLine } from "./status.js";

/** @typedef {import("../types.js").Job} Job */

/**
 * Columns for a number of pictures, wide or tall.
 * @param {number} count
 * @param {boolean} tall
 */
function columns(count, tall) {
  if (count <= 1) return 1;
  if (count <= 4) return tall && count === 4 ? 4 : 2;
  return 4;
}

/**
 * Builds the stage.
 * @param {HTMLElement} section
 */
export function mountStage(section) {
  const mat = h("div", { class: "mat" });
  const frame = h("div", { class: "frame" });
  const nothing = emptyState();
  section.setAttribute("aria-labelledby", "stage-title");
  section.append(h("h2", { class: "hidden-visually", id: "stage-title", t: "stage" }), mat, ...statusLine(), jobList());
  let hung = "";
  store.on(["jobs", "selected", "previews", "progress", "lang", "capabilities", "history"], () => {
    const job = store.state.selected ? store.state.jobs.get(store.state.selected) : undefined;
    section.toggleAttribute("data-empty", !job);
    if (!job) {
      hung = "";
      // Until the first answer nobody knows whether there is a history: show neither.
      mat.replaceChildren(...(store.state.history.ready ? [nothing] : []));
      return;
    }
    const { batch_count: count, prompt } = job.request;
    const { width, height } = resultSize(job);
    const key = `${width}x${height}x${count}`;
    if (frame.parentNode !== mat) mat.replaceChildren(frame);
    if (hung !== key) {
      hung = key;
      layOut(frame, width, height, count);
    }
    hang(frame, job, prompt);
  });
}

/**
 * The shape the pictures will have: that of the source where they are put back into it or made larger.
 * @param {Job} job
 */
function resultSize({ request, images }) {
  const { width, height, mode, inpaint_area: area, init_image_file: source } = request;
  if (source && (mode === "upscale" || (mode === "inpaint" && area === "masked"))) return grown(source, mode === "inpaint" ? request : {});
  // What turned out otherwise is shown as it is.
  const [first] = images;
  const isOther = first && Math.abs(Math.log((first.width * height) / (first.height * width))) > 0.02;
  return isOther ? first : { width, height };
}

/**
 * @param {HTMLElement} frame
 * @param {number} width
 * @param {number} height
 * @param {number} count
 */
function layOut(frame, width, height, count) {
  const across = columns(count, height > width);
  for (const [name, value] of Object.entries({ w: width, h: height, cols: across, rows: Math.ceil(count / across) })) {
    frame.style.setProperty(`--${name}`, String(value));
  }
  frame.replaceChildren(...Array.from({ length: count }, () => h("a", { class: "cell" })));
}

/**
 * Fills the cells with what there is.
 * @param {HTMLElement} frame
 * @param {Job} job
 * @param {string} prompt
 */
function hang(frame, job, prompt) {
  const preview = store.state.previews.get(job.id);
  let previewed = false;
  [...frame.children].forEach((child, index) => {
    const cell = /** @type {HTMLElement} */ (child);
    const image = job.images.find((entry) => entry.index === index);
    const alt = t("picture.alt", { prompt });
    cell.toggleAttribute("data-dim", job.state === "failed" || job.state === "cancelled");
    if (image?.nsfw_content_detected) cell.dataset.flagged = t("flagged");
    else delete cell.dataset.flagged;
    if (image) {
      cell.setAttribute("href", `#/image/${image.id}`);
      showPicture(cell, imageURL(image.id), image.nsfw_content_detected ? t("flagged") : alt);
    } else if (preview && !previewed && job.state === "running") {
      previewed = true;
      cell.removeAttribute("href");
      showPicture(cell, preview, t("preview.alt", { prompt }));
    } else if (cell.dataset.grain !== job.id || cell.dataset.src) {
      // A preview of the cell before: kept while the finished picture is on its way.
      if (cell.dataset.src && cell.dataset.grain === job.id && job.state === "finished") return;
      cell.removeAttribute("href");
      clearPicture(cell);
      cell.dataset.grain = job.id;
      cell.append(grain(job.request.width, job.request.height, Number(job.request.seed ?? 1) + index * 7919));
    }
    cell.dataset.grain = job.id;
  });
}

/** What a newcomer sees: one sentence and six prompts the model is good at. */
function emptyState() {
  const list = h("div", { class: "examples" });
  const text = h("p");
  const node = h(
    "div", { class: "empty" }, h("h2", { t: "empty.title" }), text, list);
  store.on(["capabilities", "settings", "lang"], () => {
    const all = model()?.examples ?? [];
    // Six, spread over all there are: a model lists them by kind.
    const examples = all.filter((_, index) => index % Math.ceil(all.length / 6) === 0);
    const texts = examples.map((entry) => entry[/** @type {"en"|"fr"} */ (language())]);
    const { capabilities } = store.state;
    setText(text, t(capabilities && !model() ? "empty.noModel" : texts.length ? "empty.text" : "empty.bare"));
    if (list.dataset.shown !== texts.join("\n")) {
      list.dataset.shown = texts.join("\n");
      list.replaceChildren(...texts.map(example));
    }
    for (const button of list.children) {
      const chosen = button.textContent === store.state.settings.prompt;
      button.setAttribute("aria-pressed", String(chosen));
      button.setAttribute("title", t(chosen ? "example.make" : "example.fill"));
    }
  });
  return node;
}

/**
 * One click fills the prompt, one more makes.
 * @param {string} text
 */
function example(text) {
  const onclick = () => {
    if (store.state.settings.prompt === text) make();
    else change({ prompt: text });
  };
  const node = h("button", { type: "button", class: "example", onclick }, h("span"), icon("enter"));
  setText(node.firstElementChild, text);
  return node;
}
