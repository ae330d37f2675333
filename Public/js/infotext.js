/**
 * Parameters as text, in the form AUTOMATIC1111's web UI writes and reads: the same that stands in the file.
 */

/** What brackets in prompts do, where it is not the usual: the web UI's names. @type {Record<string, string>} */
const EMPHASES = { no_norm: "No norm", ignore: "Ignore", none: "None" };

/**
 * @param {import("./types.js").GenerationRequest} request
 * @param {{seed: number|string, width: number, height: number}} image
 * @param {{sha256?: string|null}} [model]
 * @param {string} [version]
 */
export function infotext(request, image, model, version) {
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
    ["Clip skip", request.clip_skip && request.clip_skip > 1 ? request.clip_skip : null],
    ["RNG", "CPU"],
    ["Eta", request.eta ?? null],
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

/** @param {string} name */
function title(name) {
  return name ? name.charAt(0).toUpperCase() + name.slice(1) : name;
}
