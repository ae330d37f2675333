/**
 * The settings the server lists, and in which mode each of them says anything.
 */
import { store } from "./state.js";

/** @typedef {import("./types.js").Parameter} Parameter */

/** Settings with a place of their own in the form; all others become controls under "More". */
export const own = new Set([
  "mode", "prompt", "negative_prompt", "model", "sampler", "schedule", "steps", "guidance_scale", "width",
  "height", "batch_count", "seed", "styles", "init_image", "mask",
]);

/** Every setting the server lists. @returns {Parameter[]} */
export function parameters() {
  return store.state.capabilities?.parameters ?? [];
}

/**
 * A setting by its name in a request.
 * @param {string} name
 */
export function parameter(name) {
  return parameters().find((entry) => entry.name === name);
}

/** Modes by the beginnings of the names that belong to them alone. @type {[RegExp, string[]][]} */
const places = [
  [/^(strength|resize_mode|loopback.*)$/, ["img2img", "inpaint"]],
  [/^(mask|inpaint|outpaint)_/, ["inpaint"]],
  [/^hires_/, ["txt2img"]],
  [/^upscale/, ["upscale"]],
];

/**
 * Whether a setting says anything in a mode.
 * @param {string} name
 * @param {string} mode
 */
export function fits(name, mode) {
  const place = places.find(([pattern]) => pattern.test(name));
  return place ? place[1].includes(mode) : mode !== "upscale";
}

/** Choices that a server may leave to its documentation. @type {Record<string, string[]>} */
const documented = { emphasis: ["original", "no_norm", "ignore", "none"] };

/**
 * What a choice can be: the setting's own list, else the server's list of such things.
 * @param {Parameter} entry
 * @returns {string[]|undefined}
 */
export function choicesOf(entry) {
  if (entry.choices) return entry.choices;
  /** @type {any} */
  const lists = store.state.capabilities ?? {};
  const last = entry.name.slice(entry.name.lastIndexOf("_") + 1);
  const list = lists[`${entry.name}s`] ?? lists[`${last}s`];
  if (!Array.isArray(list)) return documented[entry.name];
  const names = list.map((item) => (typeof item === "string" ? item : item.name));
  // Latents are enlarged between two passes only.
  return entry.name === "upscaler" ? names.filter((name) => !name.startsWith("Latent")) : names;
}
