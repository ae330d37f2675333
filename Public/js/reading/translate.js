/**
 * The web UI's parameters as settings of a request, with a list of what could not be taken over as it was.
 */
import { modes } from "../form.js";
import { choicesOf, parameter } from "../parameters.js";
import { store } from "../state.js";
import { find, folded, nearest } from "./lookup.js";

/** @typedef {{key: string, values: Record<string, string|number>}} Note a text of the locale */
/** @typedef {Map<string, string>} Pairs */

/** Keys with a number, and the settings they are. @type {Record<string, string>} */
const numbers = {
  Steps: "steps", "CFG scale": "guidance_scale", Seed: "seed", "Size-1": "width", "Size-2": "height",
  "Clip skip": "clip_skip", ENSD: "seed_delta", Eta: "eta", "Sigma churn": "sigma_churn", "Sigma tmin": "sigma_tmin",
  "Sigma tmax": "sigma_tmax", "Sigma noise": "sigma_noise", "Variation seed": "variation_seed",
  "Variation seed strength": "variation_strength", "Seed resize from-1": "seed_resize_from_w",
  "Seed resize from-2": "seed_resize_from_h", "Schedule min sigma": "schedule_sigma_min",
  "Schedule max sigma": "schedule_sigma_max", "Schedule rho": "schedule_rho", "Hires upscale": "hires_scale",
  "Hires steps": "hires_steps", "Mask blur": "mask_blur", "Masked area padding": "mask_padding",
  "Final denoising strength": "loopback_strength",
};

/** Keys with a text, and the settings they are. @type {Record<string, string>} */
const words = {
  Watermark: "watermark", "Hires prompt": "hires_prompt", "Hires negative prompt": "hires_negative_prompt",
};

/** Keys with a choice, and the settings they are. @type {Record<string, string>} */
const choices = {
  Emphasis: "emphasis", VAE: "vae", "Hires upscaler": "hires_upscaler", "Hires sampler": "hires_sampler",
  "Hires schedule type": "hires_schedule", "Masked content": "inpaint_fill", "Denoising curve": "loopback",
};

/** What says nothing that could be set. */
const silent = new Set([
  "Model", "Model hash", "Sampler", "Schedule type", "RNG", "Version", "VAE hash", "Lora hashes", "TI hashes", "Hypernet hashes",
  "User",
  "Denoising strength", "Tiling", "Hires resize-1", "Hires resize-2", "Batch size", "Batch pos", "Init image hash",
  "Mask mode", "Inpaint area", "Safety checker",
]);

/**
 * @param {Pairs} pairs
 * @returns {{settings: Record<string, any>, notes: Note[]}}
 */
export function translate(pairs) {
  /** @type {Record<string, any>} */
  const settings = {};
  /** @type {Note[]} */
  const notes = [];
  const unknown = [];
  for (const [key, text] of pairs) {
    if (key in numbers && !parameter(numbers[key])) unknown.push(key.replace(/-[12]$/, ""));
    else if (key in numbers) takeNumber(key, text, settings, notes);
    else if (key in choices) takeChoice(key, text, settings, notes);
    else if (key in words && parameter(words[key])) settings[words[key]] = text;
    else if (!silent.has(key)) unknown.push(key);
  }
  takeModel(pairs, settings, notes);
  takeSampler(pairs, settings, notes);
  takeNoise(pairs, settings, notes);
  takeStrength(pairs, settings);
  takeResize(pairs, settings, notes);
  takePlace(pairs, settings, notes);
  if (/^true$/i.test(pairs.get("Tiling") ?? "") && parameter("tiling")) settings.tiling = true;
  if (unknown.length > 0) notes.push({ key: "read.unused", values: { names: [...new Set(unknown)].join(", ") } });
  return { settings, notes };
}

/**
 * @param {string} key
 * @param {string} text
 * @param {Record<string, any>} settings
 * @param {Note[]} notes
 */
function takeNumber(key, text, settings, notes) {
  const name = numbers[key];
  const known = parameter(name);
  const value = Number(text);
  if (!known || text.trim() === "" || !Number.isFinite(value)) {
    notes.push({ key: "read.unreadable", values: { name: key, value: text } });
    return;
  }
  const unit = known.type === "integer" ? known.step ?? 1 : 0;
  const whole = unit > 1 ? Math.round(value / unit) * unit : value;
  const ranged = Math.min(known.max ?? whole, Math.max(known.min ?? whole, whole));
  if (ranged !== value) notes.push({ key: "read.ranged", values: { name: key, value: text, used: ranged } });
  settings[name] = ranged;
}

/**
 * @param {string} key
 * @param {string} text
 * @param {Record<string, any>} settings
 * @param {Note[]} notes
 */
function takeChoice(key, text, settings, notes) {
  const known = parameter(choices[key]);
  const names = (known && choicesOf(known)) ?? [];
  const found = find(text, names.map((name) => ({ name })));
  if (found) settings[choices[key]] = found.name;
  else if (!/^(none|automatic|original)$/i.test(text)) notes.push({ key: "read.missing", values: { name: key, value: text } });
}

/**
 * By the hash of its weights, which names may not tell, else by its name, else the nearest.
 * @param {Pairs} pairs
 * @param {Record<string, any>} settings
 * @param {Note[]} notes
 */
function takeModel(pairs, settings, notes) {
  const models = store.state.capabilities?.models ?? [];
  const hash = (pairs.get("Model hash") ?? "").toLowerCase();
  const name = pairs.get("Model") ?? "";
  if (!hash && !name) return;
  const found = (hash.length >= 8 && models.find(({ sha256 }) => sha256?.startsWith(hash))) || (name && find(name, models));
  const used = found || (name ? nearest(name, models) : undefined);
  if (used) settings.model = used.name;
  if (!found) notes.push(instead("read.model", name || hash, used?.name));
}

/**
 * Before version 1.9 the sampler's name ended in its schedule's.
 * @param {Pairs} pairs
 * @param {Record<string, any>} settings
 * @param {Note[]} notes
 */
function takeSampler(pairs, settings, notes) {
  const text = pairs.get("Sampler");
  if (!text) return;
  const { samplers = [], schedules = [] } = store.state.capabilities ?? {};
  let kind = pairs.get("Schedule type") ?? "automatic";
  let sampler = find(text, samplers);
  if (!sampler) {
    for (const { name } of schedules) {
      const rest = folded(text).endsWith(folded(name)) && find(folded(text).slice(0, -folded(name).length), samplers);
      if (!rest) continue;
      sampler = rest;
      kind = name;
    }
  }
  const used = sampler ?? nearest(text, samplers);
  if (used) settings.sampler = used.name;
  if (!sampler) notes.push(instead("read.sampler", text, used?.name));
  const schedule = find(kind, schedules);
  const fits = schedule && (!used?.schedules || used.schedules.includes(schedule.name));
  settings.schedule = fits ? schedule.name : schedules[0]?.name;
  if (!fits) notes.push(instead("read.schedule", kind, settings.schedule));
}

/**
 * Where nothing is said, the web UI drew noise on the graphics card; ours always says.
 * @param {Pairs} pairs
 * @param {Record<string, any>} settings
 * @param {Note[]} notes
 */
function takeNoise(pairs, settings, notes) {
  if (!parameter("noise_source")) return;
  const text = (pairs.get("RNG") ?? "GPU").toUpperCase();
  settings.noise_source = text === "CPU" ? "cpu" : "nv";
  if (text !== "CPU" && text !== "NV") notes.push({ key: "read.noise", values: {} });
}

/** Whether there was a second pass. @param {Pairs} pairs */
const isHires = (pairs) => pairs.has("Hires upscale") || Number(pairs.get("Hires resize-1")) > 0;

/**
 * The second pass to a size is one by a factor here.
 * @param {Pairs} pairs
 * @param {Record<string, any>} settings
 * @param {Note[]} notes
 */
function takeResize(pairs, settings, notes) {
  if (pairs.has("Hires upscale") || !isHires(pairs) || !parameter("hires_scale")) return;
  const [across, down] = ["1", "2"].map((side) => Number(pairs.get(`Hires resize-${side}`)) / Number(pairs.get(`Size-${side}`)));
  const most = parameter("hires_scale")?.max ?? Infinity;
  const scale = Math.min(most, Math.max(1, Math.round(Math.max(across, down) * 100) / 100));
  if (!Number.isFinite(scale)) return;
  settings.hires_scale = scale;
  if (scale === across && scale === down) return;
  const value = `${pairs.get("Hires resize-1")}x${pairs.get("Hires resize-2")}`;
  notes.push({ key: "read.ranged", values: { name: "Hires resize", value, used: scale } });
}

/**
 * The one strength is the second pass's where there is one.
 * @param {Pairs} pairs
 * @param {Record<string, any>} settings
 */
function takeStrength(pairs, settings) {
  const strength = Number(pairs.get("Denoising strength"));
  const name = isHires(pairs) ? "hires_strength" : "strength";
  if (pairs.has("Denoising strength") && Number.isFinite(strength) && parameter(name)) settings[name] = strength;
}

/**
 * What a picture was made from: the text names no file, so that it has to be chosen again.
 * @param {Pairs} pairs
 * @param {Record<string, any>} settings
 * @param {Note[]} notes
 */
function takePlace(pairs, settings, notes) {
  const isMasked = ["Mask mode", "Mask blur", "Masked content", "Inpaint area"].some((key) => pairs.has(key));
  const mode = isMasked ? "inpaint" : pairs.has("Denoising strength") && !isHires(pairs) ? "img2img" : "txt2img";
  if (mode === "txt2img" || !modes().includes(mode)) return;
  settings.mode = mode;
  if (pairs.get("Inpaint area") === "Only masked") settings.inpaint_area = "masked";
  if (pairs.get("Mask mode") === "Inpaint not masked") settings.mask_invert = true;
  notes.push({ key: "read.source", values: {} });
}

/**
 * @param {string} key
 * @param {string} asked
 * @param {string|undefined} used
 * @returns {Note}
 */
function instead(key, asked, used) {
  return used ? { key: `${key}.near`, values: { asked, used } } : { key, values: { asked } };
}

/**
 * What a prompt asks for by name and the worker does not have.
 * @param {string} prompt
 * @returns {Note[]}
 */
export function missingNetworks(prompt) {
  const { loras, hypernetworks } = store.state.capabilities ?? {};
  const lists = { lora: loras, hypernet: hypernetworks };
  const names = new Set();
  for (const [, kind, name] of prompt.matchAll(/<(lora|hypernet):([^:>]+)[^>]*>/g)) {
    if (!find(name, lists[/** @type {"lora"|"hypernet"} */ (kind)] ?? [])) names.add(name);
  }
  return names.size ? [{ key: "read.networks", values: { names: [...names].join(", ") } }] : [];
}
