/**
 * Fills the form from what a picture or a text says about its making.
 */
import { toast } from "../components/toasts.js";
import { showNotice } from "../components/notice.js";
import { change, defaults, limits, use } from "../form.js";
import { shapeOf } from "../aspects.js";
import { addTexts, t } from "../i18n.js";
import { en } from "../locales/reading/en.js";
import { fr } from "../locales/reading/fr.js";
import { parameters } from "../parameters.js";
import { store } from "../state.js";
import { readInfotext } from "./infotext.js";
import { pngTexts } from "./pngtext.js";
import { missingNetworks, translate } from "./translate.js";

addTexts({ en, fr });

/**
 * Whether a file says how it was made, and in which words.
 * @param {Blob} file
 * @returns {Promise<{parameters?: string, record?: any}>}
 */
export async function sayings(file) {
  const texts = await pngTexts(new Uint8Array(await file.arrayBuffer()));
  return { parameters: texts.get("parameters"), record: record(texts.get("atelier")) };
}

/**
 * This service's own record of a request.
 * @param {string|undefined} text
 */
function record(text) {
  try {
    const value = text && JSON.parse(text);
    return value && typeof value.prompt === "string" && typeof value.model === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {{parameters?: string, record?: any}} said
 */
export function fillFrom({ parameters: text, record: request }) {
  const notes = request ? fillFromRecord(request, text) : fillFromText(text ?? "");
  if (notes.length > 0) showNotice("read.title", notes);
  else toast(t("read.done"));
}

/**
 * Every setting as it was; names this server does not have are replaced as in a text.
 * @param {any} request
 * @param {string|undefined} text
 */
function fillFromRecord(request, text) {
  const { models = [], samplers = [] } = store.state.capabilities ?? {};
  const pairs = new Map([["Model", request.model], ["Sampler", request.sampler], ["Schedule type", request.schedule], ["RNG", "CPU"]]);
  const hash = text && readInfotext(text).settings.get("Model hash");
  if (hash) pairs.set("Model hash", hash);
  const { settings, notes } = translate(pairs);
  const isKnown = models.some(({ name }) => name === request.model) && samplers.some(({ name }) => name === request.sampler);
  const { model, sampler, schedule } = settings;
  use(isKnown ? request : { ...request, model: model ?? request.model, sampler, schedule });
  const here = new Set(parameters().map(({ name }) => name));
  const lost = Object.keys(request).filter((name) => request[name] !== null && !here.has(name));
  if (lost.length > 0) notes.push({ key: "read.unused", values: { names: lost.join(", ") } });
  return [...notes, ...missingNetworks(request.prompt)];
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
