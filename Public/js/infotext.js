/**
 * Parameters as text, in the form AUTOMATIC1111's web UI writes and reads: the same that stands in the file.
 */

/** What brackets in prompts do, where it is not the usual: the web UI's names. @type {Record<string, string>} */
const EMPHASES = { no_norm: "No norm", ignore: "Ignore", none: "None" };

/**
 * @param {import("./types.js").GenerationRequest} request
 * @param {{seed: number|string, width: number, height: number, index?: number}} image
 * @param {{sha256?: string|null}} [model]
 * @param {string} [version]
 */
export function infotext(request, image, model, version) {
  const varied = Boolean(request.variation_strength);
  /** @type {[string, any][]} */
  const entries = [
    ["Steps", request.steps],
    ["Sampler", request.sampler],
    ["Schedule type", title(request.schedule)],
    ["CFG scale", request.guidance_scale],
    ["Seed", image.seed],
    ["Size", `${image.width}x${image.height}`],
    ["Model hash", model?.sha256 ? model.sha256.slice(0, 10) : null],
    ["Model", request.model],
    ["Variation seed", varied ? variationSeed(request, image) : null],
    ["Variation seed strength", varied ? request.variation_strength : null],
    ["Clip skip", request.clip_skip && request.clip_skip > 1 ? request.clip_skip : null],
    ["ENSD", request.seed_delta || null],
    ["RNG", (request.noise_source ?? "cpu").toUpperCase()],
    ["Eta", request.eta ?? null],
    ["Sigma churn", request.sigma_churn],
    ["Sigma tmin", request.sigma_tmin],
    ["Sigma tmax", request.sigma_tmax],
    ["Sigma noise", request.sigma_noise],
    ["Emphasis", EMPHASES[request.emphasis ?? ""] ?? null],
    ["Version", version ? `Atelier ${version}` : null],
  ];
  const lines = [request.prompt];
  if (request.negative_prompt) lines.push(`Negative prompt: ${request.negative_prompt}`);
  lines.push(
    entries
      .filter(([, value]) => value !== null && value !== undefined && value !== "")
      .map(([key, value]) => `${key}: ${quote(String(value))}`)
      .join(", "));
  return lines.join("\n").trim();
}

/**
 * A value with a comma, colon or newline is written as a JSON string.
 * @param {string} value
 */
function quote(value) {
  return /[,:\n]/.test(value) ? JSON.stringify(value) : value;
}

/**
 * Picture i of a varied request has the variation seed + i.
 * @param {import("./types.js").GenerationRequest} request
 * @param {{index?: number}} image
 */
function variationSeed(request, image) {
  return String(BigInt(request.variation_seed ?? 0) + BigInt(image.index ?? 0));
}

/** @type {Record<string, string>} */
const labels = {
  sgm_uniform: "SGM Uniform", kl_optimal: "KL Optimal", align_your_steps: "Align Your Steps", ddim: "DDIM",
};

/** @param {string} name */
function title(name) {
  if (labels[name]) return labels[name];
  return name ? name.charAt(0).toUpperCase() + name.slice(1) : name;
}
