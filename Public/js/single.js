/**
 * One picture's request on its own, out of a job of several.
 */

/**
 * The second seed of one picture: with a variation it counts on, and the first stays.
 * @param {any} request
 * @param {{index: number}} image
 * @returns {number|string} digits where a number would not hold them exactly
 */
export function variationSeed(request, { index }) {
  const seed = BigInt(request.variation_seed ?? 0) + BigInt(index);
  return Number.isSafeInteger(Number(seed)) ? Number(seed) : String(seed);
}

/**
 * Every setting of one picture, without those that say nothing.
 * @param {{job: import("./types.js").Job, image: import("./types.js").Image}} entry
 * @returns {Record<string, any>}
 */
export function requestOf({ job: { request }, image }) {
  const given = Object.fromEntries(Object.entries(request).filter(([, value]) => value !== null && value !== undefined));
  const varied = request.variation_strength ? { variation_seed: variationSeed(request, image) } : {};
  return { ...given, ...varied, seed: image.seed, batch_count: 1 };
}

/**
 * What a record says of its pictures and no request can ask for: what their names meant, and the safety checker's part.
 */
export const notSettings = /_file$|^safety_checker$|^nsfw_content_detected$/;

/**
 * A saved request as the server takes it.
 * @param {Record<string, any>} request
 */
export function askable(request) {
  return Object.fromEntries(Object.entries(request).filter(([name, value]) => value !== null && !notSettings.test(name)));
}
