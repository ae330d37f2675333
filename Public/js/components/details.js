/**
 * A picture's parameters; each is copied by a click.
 */
import { copyText } from "../clipboard.js";
import { h } from "../dom.js";
import { dateTime, measured, number } from "../format.js";
import { t } from "../i18n.js";
import { variationSeed } from "../single.js";

/**
 * @param {{job: import("../types.js").Job, image: import("../types.js").Image}} entry
 * @returns {HTMLElement[]}
 */
export function details({ job, image }) {
  const { request } = job;
  /** @type {HTMLElement[]} */
  const nodes = image.nsfw_content_detected ? [h("p", { t: "flagged" })] : [];
  nodes.push(copyable("copy-prompt prompt-text", request.prompt, t("prompt"), request.prompt));
  if (request.negative_prompt) {
    nodes.push(
      copyable("copy-prompt negative-text", `${t("without")} ${request.negative_prompt}`, t("negative_prompt"), request.negative_prompt));
  }
  /** @type {[string, string|number|null|undefined, string?][]} */
  const facts = [
    ["seed", image.seed],
    ["steps", request.steps],
    ["guidance_scale", request.guidance_scale, number(request.guidance_scale)],
    ["sampler", request.sampler],
    ["schedule", request.schedule, request.schedule.charAt(0).toUpperCase() + request.schedule.slice(1)],
    ["size", `${image.width}x${image.height}`, `${image.width} × ${image.height}`],
    ["model", request.model],
    ["mode", request.mode === "txt2img" ? null : request.mode, t(`mode.${request.mode}`)],
    ...others(variedAs(request, image)),
    ["made", job.created_at, dateTime(job.created_at)],
    ["took", ...took(job)],
  ];
  const shown = facts.filter(([, value]) => value !== null && value !== undefined && value !== "");
  nodes.push(
    h("div", { class: "facts" }, ...shown.map(([name, value, text]) => {
      const label = h("b", {}, t(name));
      const button = copyable("fact", text ?? String(value), t(name), String(value));
      button.prepend(label);
      return button;
    })));
  return nodes;
}

/** Settings shown by their own facts, or not at all. */
const shownElsewhere = new Set([
  "prompt", "negative_prompt", "seed", "steps", "guidance_scale", "sampler", "schedule", "width", "height", "model",
  "batch_count", "mode", "init_image", "mask", "init_image_file", "mask_file",
]);

/**
 * Picture i of a varied request has the variation seed + i.
 * @param {import("../types.js").GenerationRequest} request
 * @param {{index: number}} image
 */
function variedAs(request, { index }) {
  if (!request.variation_strength) return request;
  return { ...request, variation_seed: String(variationSeed(request, { index })) };
}

/**
 * Every other setting that was given, by the name its control has.
 * @param {any} request
 * @returns {[string, any][]}
 */
function others(request) {
  return Object.entries(request)
    .filter(([name, value]) => !shownElsewhere.has(name) && value !== false && value?.length !== 0)
    .map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]);
}

/**
 * @param {import("../types.js").Job} job
 * @returns {[number|undefined, string?]}
 */
function took(job) {
  if (!job.started_at || !job.finished_at) return [undefined];
  const seconds = (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000;
  return seconds > 0 ? [seconds, measured(seconds)] : [undefined];
}

/**
 * @param {string} className
 * @param {string} text shown
 * @param {string} label what it is
 * @param {string} value copied
 */
function copyable(className, text, label, value) {
  const onclick = async () => {
    if (!(await copyText(value))) return;
    button.dataset.copied = t("copied");
    setTimeout(() => delete button.dataset.copied, 1200);
  };
  const button = h("button", { type: "button", class: `copy ${className}`, title: t("copy.one", { name: label }), onclick }, text);
  return button;
}
