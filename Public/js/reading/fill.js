/**
 * Fills the form from what a picture or a text says about its making.
 */
import { toast } from "../components/toasts.js";
import { showNotice } from "../components/notice.js";
import { change, defaults, limits, mode, modes, use } from "../form.js";
import { shapeOf } from "../aspects.js";
import { addTexts, t } from "../i18n.js";
import { en } from "../locales/reading/en.js";
import { fr } from "../locales/reading/fr.js";
import { choicesOf, parameters } from "../parameters.js";
import { exifComment } from "./exif.js";
import { readInfotext } from "./infotext.js";
import { pngTexts } from "./pngtext.js";
import { notSettings } from "../single.js";
import { missingNetworks, translate } from "./translate.js";

addTexts({ en, fr });

/** @typedef {{parameters?: string, records: any[]}} Said a picture's text, and this service's own records of requests */

/**
 * Whether a file says how it was made, and in which words.
 * @param {Blob} file
 * @returns {Promise<Said>}
 */
export async function sayings(file) {
  if (file.type === "application/json") return { records: recordsIn(await file.text()) };
  const bytes = new Uint8Array(await file.arrayBuffer());
  const texts = await pngTexts(bytes);
  return { parameters: texts.get("parameters") ?? exifComment(bytes), records: recordsIn(texts.get("atelier")) };
}

/**
 * The requests in a text: one of them, a job, or what the tool says of a run of several.
 * @param {string|undefined} text
 * @returns {any[]}
 */
function recordsIn(text) {
  try {
    const whole = text && JSON.parse(text);
    const values = Array.isArray(whole?.requests) ? whole.requests : [whole?.request ?? whole];
    return values.filter((/** @type {any} */ value) => typeof value?.prompt === "string");
  } catch {
    return [];
  }
}

/** @param {Said} said */
export function fillFrom({ parameters: text, records: [request, ...others] }) {
  const notes = request ? fillFromRecord(request, text) : fillFromText(text ?? "");
  if (others.length > 0) notes.push({ key: "read.first", values: { n: others.length + 1 } });
  if (notes.length > 0) showNotice("read.title", notes);
  else toast(t("read.done"));
}

/**
 * Every setting as it was; names this server does not have are replaced as in a text.
 * @param {any} request
 * @param {string|undefined} text
 */
function fillFromRecord(request, text) {
  const pairs = new Map([["RNG", "CPU"]]);
  for (const [key, name] of Object.entries({ Model: "model", Sampler: "sampler", "Schedule type": "schedule" })) {
    if (typeof request[name] === "string") pairs.set(key, request[name]);
  }
  const hash = text && readInfotext(text).settings.get("Model hash");
  if (hash) pairs.set("Model hash", hash);
  const { settings, notes } = translate(pairs);
  const { model, sampler, schedule } = settings;
  use({ ...defaults(), ...sound(request, notes), model, sampler, schedule });
  const here = new Set(parameters().map(({ name }) => name));
  // The files themselves are named by what is in them; no request can ask for one so.
  const lost = Object.keys(request).filter((name) => request[name] !== null && !here.has(name) && !notSettings.test(name));
  if (mode() !== "txt2img" && !request.init_image) notes.push({ key: "read.source", values: {} });
  if (lost.length > 0) notes.push({ key: "read.unused", values: { names: lost.join(", ") } });
  return [...notes, ...missingNetworks(request.prompt)];
}

/**
 * What of a record is as this server describes it: a file may hold anything.
 * @param {any} request
 * @param {import("./translate.js").Note[]} notes
 */
function sound(request, notes) {
  /** @type {any} */
  const kept = {};
  for (const entry of parameters()) {
    const value = request[entry.name];
    if (value === undefined || value === null || replaced.has(entry.name)) continue;
    if (isSound(entry, value)) kept[entry.name] = value;
    else notes.push({ key: "read.unreadable", values: { name: entry.name, value: JSON.stringify(value).slice(0, 40) } });
  }
  return kept;
}

/** Names that are looked up among what there is. */
const replaced = new Set(["model", "sampler", "schedule"]);

/**
 * @param {import("../types.js").Parameter} entry
 * @param {any} value
 */
function isSound(entry, value) {
  const { name, type, min = -Infinity, max = Infinity } = entry;
  if (name === "styles") return Array.isArray(value) && value.every((style) => typeof style === "string");
  if (type === "boolean") return typeof value === "boolean";
  if (type === "integer" || type === "number") {
    const isDigits = type === "integer" && typeof value === "string" && /^-?\d{1,19}$/.test(value);
    return isDigits || (Number.isFinite(value) && value >= min && value <= max);
  }
  if (typeof value !== "string") return false;
  if (name === "init_image" || name === "mask") return /^[\w-]{1,64}$/.test(value);
  return name === "mode" ? modes().includes(value) : type !== "choice" || (choicesOf(entry)?.includes(value) ?? true);
}

/** @param {string} text */
function fillFromText(text) {
  const { prompt, negative, settings: pairs } = readInfotext(text);
  const { settings, notes } = translate(pairs);
  /** @type {Record<string, any>} */
  const cleared = Object.fromEntries(parameters().map(({ name }) => [name, undefined]));
  for (const name of ["model", "init_image", "mask"]) delete cleared[name];
  change({
    ...cleared, prompt, negative_prompt: negative, batch_count: 1, seed: null, mode: "txt2img", ...settings,
    shape: settings.width && settings.height ? "custom" : "",
  });
  const { width, height } = settings;
  if (width && height) change({ shape: shapeOf({ width, height }, defaults(), limits()) });
  return [...notes, ...missingNetworks(prompt)];
}
