/**
 * What can be laid along an axis: every setting of the list, and words of the prompt.
 */
import { extraParameters, limits } from "../../form.js";
import { choicesOf, parameter } from "../../parameters.js";
import { find } from "../../reading/lookup.js";
import { BadValue, numbers, pieces } from "./values.js";

/** Settings that are no axis. */
const unfit = new Set(["prompt", "mode", "batch_count", "init_image", "mask"]);

/** Axes that are no setting of their own, by the names the server has for them. */
const others = { "Prompt S/R": "plot.replace", "Prompt order": "plot.order", Size: "size" };

/** What an axis is called. @param {string} name @returns {string} key of the locale */
export const keyOf = (name) => /** @type {Record<string, string>} */ (others)[name] ?? name;

/**
 * The axes there are, those most used first; names are those of requests or the server's.
 * @returns {string[]}
 */
export function axes() {
  const first = ["seed", "steps", "guidance_scale", "sampler", "schedule", "model"].filter(parameter);
  const rest = ["width", "height", "negative_prompt", ...extraParameters().map(({ name }) => name)];
  return [...first, ...Object.keys(others), ...new Set(rest.filter((name) => parameter(name) && !unfit.has(name)))];
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
 * How many places an axis has; the server reads the values in the same way.
 * @param {string} name
 * @param {string} text
 * @param {{prompt: string, negative_prompt: string}} words
 * @returns {number} fails with a `BadValue`
 */
export function placesOf(name, text, words) {
  const entry = parameter(name);
  if (entry?.type === "integer" || entry?.type === "number") {
    const values = numbers(text, entry.type === "integer");
    const { min = -Infinity, max = Infinity } = entry;
    const wrong = values.find((value) => value < min || value > max || (name === "seed" && value > limits().max_seed));
    if (wrong !== undefined) throw new BadValue(String(wrong));
    return values.length;
  }
  const values = pieces(text);
  const choices = allOf(name).map((choice) => ({ name: choice }));
  const wrong = values.find((piece, at) => {
    if (name === "Prompt S/R") return at === 0 && !words.prompt.includes(piece) && !words.negative_prompt.includes(piece);
    if (name === "Prompt order") return !words.prompt.includes(piece);
    if (name === "Size") return !/^\d+\s*x\s*\d+$/i.test(piece);
    return choices.length > 0 && !find(piece, choices);
  });
  if (wrong !== undefined) throw new BadValue(wrong);
  return name === "Prompt order" ? values.reduce((all, _, at) => all * (at + 1), 1) : values.length;
}
