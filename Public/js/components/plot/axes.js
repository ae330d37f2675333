/**
 * What can be laid along an axis: every setting of the list, and words of the prompt.
 */
import { extraParameters, limits } from "../../form.js";
import { choicesOf, parameter } from "../../parameters.js";
import { find } from "../../reading/lookup.js";
import { BadValue, numbers, pieces } from "./values.js";

/** Settings that are no axis. */
const unfit = new Set(["prompt", "negative_prompt", "mode", "batch_count", "init_image", "mask", "styles", "width", "height"]);

/** Words of the prompt in turn: the first is looked for, each takes its place. */
export const replacing = "prompt_sr";

/**
 * The axes there are, those most used first.
 * @returns {string[]}
 */
export function axes() {
  const first = ["seed", "steps", "guidance_scale", "sampler", "schedule", "model"].filter(parameter);
  const others = extraParameters().map(({ name }) => name).filter((name) => !unfit.has(name));
  return [...first, replacing, ...others];
}

/**
 * Every choice of an axis that has some.
 * @param {string} name
 * @returns {string[]}
 */
export function allOf(name) {
  const entry = parameter(name);
  if (!entry) return [];
  if (entry.type === "boolean") return ["true", "false"];
  return entry.type === "choice" ? choicesOf(entry) ?? [] : [];
}

/**
 * The values of an axis, each as a request holds it.
 * @param {string} name
 * @param {string} text
 * @param {string} prompt
 * @returns {any[]} fails with a `BadValue`
 */
export function valuesOf(name, text, prompt) {
  const entry = parameter(name);
  if (name === replacing) {
    const words = pieces(text);
    if (words.length > 0 && !prompt.includes(words[0])) throw new BadValue(words[0]);
    return words;
  }
  if (entry?.type === "integer" || entry?.type === "number") {
    const values = numbers(text, entry.type === "integer");
    const { min = -Infinity, max = Infinity } = entry;
    const wrong = values.find((value) => value < min || value > max || (name === "seed" && value > limits().max_seed));
    if (wrong !== undefined) throw new BadValue(String(wrong));
    return values;
  }
  const choices = allOf(name).map((choice) => ({ name: choice }));
  return pieces(text).map((piece) => {
    const found = choices.length > 0 ? find(piece, choices)?.name : piece;
    if (found === undefined) throw new BadValue(piece);
    return entry?.type === "boolean" ? found === "true" : found;
  });
}

/**
 * A request with a value of an axis in it.
 * @param {Record<string, any>} request
 * @param {{name: string, values: any[]}} axis
 * @param {number} at
 */
export function apply(request, { name, values }, at) {
  const value = values[at];
  if (name !== replacing) return { ...request, [name]: value };
  const change = (/** @type {string|undefined} */ text) => text?.replaceAll(values[0], value);
  const changed = { ...request, prompt: change(request.prompt) };
  return request.negative_prompt ? { ...changed, negative_prompt: change(request.negative_prompt) } : changed;
}
