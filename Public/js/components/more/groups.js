/**
 * How the folded settings are arranged. What is known here by name gets a better control; what is not gets a plain one.
 */

/** The groups, in order. */
export const groups = ["model", "noise", "sampling", "hires", "other"];

/** The beginnings of names, by group. @type {[RegExp, string][]} */
const members = [
  [/^(vae|clip_skip|emphasis|tiling)/, "model"],
  [/^(noise_|variation_|seed_)/, "noise"],
  [/^(eta|sigma_|schedule_|rho)/, "sampling"],
  [/^hires_/, "hires"],
];

/**
 * @param {string} name of a setting
 */
export function groupOf(name) {
  return members.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
}

/** Settings shown beside the picture a mode starts from, not here. */
const beside = /^(strength|loopback|resize_mode|mask_|inpaint_|outpaint_|upscale)/;

/**
 * Whether a setting stands with the picture the mode starts from.
 * @param {string} name
 * @param {string} mode
 */
export const inPlace = (name, mode) => mode !== "txt2img" && beside.test(name);

/** Settings that are moved rather than typed, and how far the slider goes. @type {Record<string, {soft?: number}>} */
export const sliders = {
  variation_strength: {},
  strength: {},
  loopback_strength: {},
  mask_blur: {},
  mask_padding: {},
  hires_strength: {},
  upscale_by: { soft: 4 },
};

/** Settings that say nothing until another one is given. @type {[RegExp, string][]} */
const needs = [
  [/^variation_seed$/, "variation_strength"], [/^hires_(?!scale$)/, "hires_scale"], [/^mask_padding$/, "inpaint_area"],
  [/^loopback_strength$/, "loopback"],
];

/**
 * The setting that another hangs on.
 * @param {string} name
 */
export const neededBy = (name) => needs.find(([pattern]) => pattern.test(name))?.[1];
