/**
 * The composer's values: what was chosen, what the model's defaults make of the rest, and the request they give.
 */
import { grown, shapeOf, sizeOf } from "./aspects.js";
import { t } from "./i18n.js";
import { fits, own, parameter, parameters } from "./parameters.js";
import { save } from "./prefs.js";
import { variationSeed } from "./single.js";
import { freshSettings, store } from "./state.js";

const noLimits = {
  prompt_bytes: 4000, min_steps: 1, max_steps: 150, min_guidance_scale: 0, max_guidance_scale: 30,
  min_side: 64, max_side: 2048, side_multiple: 8, max_pixels: 2048 * 2048, max_batch_count: 8,
  max_seed: Number.MAX_SAFE_INTEGER, jobs_per_user: 20,
};

/** The server's limits, or the service's own until they are known. */
export function limits() {
  return { ...noLimits, ...store.state.capabilities?.limits };
}

/** The chosen model, or the first; undefined while no worker has ever been seen. */
export function model() {
  const models = store.state.capabilities?.models ?? [];
  return models.find((entry) => entry.name === store.state.settings.model) ?? models[0];
}

/** @returns {import("./types.js").Defaults} */
export function defaults() {
  const fallback = { width: 512, height: 512, steps: 20, guidance_scale: 7, sampler: "", schedule: "" };
  return { ...fallback, ...store.state.capabilities?.defaults, ...model()?.defaults };
}

/**
 * The size that the chosen shape gives.
 * @returns {{width: number, height: number}}
 */
export function size() {
  const { shape, width, height } = store.state.settings;
  const base = defaults();
  if (shape === "custom") return { width: width ?? base.width, height: height ?? base.height };
  return shape ? sizeOf(shape, base, limits()) : { width: base.width, height: base.height };
}

/** The shape of what will come out: the source's where it is put back into it or made larger. */
export function outcome() {
  /** @type {any} */
  const settings = store.state.settings;
  const keeps = mode() === "upscale" || (mode() === "inpaint" && settings.inpaint_area === "masked");
  return keeps && settings.source ? grown(settings.source, mode() === "inpaint" ? settings : {}) : size();
}

/** The shape pressed in the form. */
export function shape() {
  const chosen = store.state.settings.shape;
  return chosen || shapeOf(size(), defaults(), limits());
}

/**
 * A setting as it will be sent.
 * @param {string} name
 * @returns {any}
 */
export function value(name) {
  /** @type {any} */
  const settings = store.state.settings;
  /** @type {any} */
  const base = defaults();
  if (name === "width" || name === "height") return size()[name];
  if (name === "model") return model()?.name;
  if (name === "sampler") return offered("samplers", settings.sampler) ?? base.sampler;
  if (name === "schedule") return [settings.schedule, base.schedule].find(suits) ?? scheduleChoices()[0]?.name;
  return settings[name] ?? base[name] ?? parameter(name)?.default;
}

/** What the picture starts from: the chosen mode where a worker has it, else words alone. */
export function mode() {
  const { mode: chosen } = store.state.settings;
  return chosen && modes().includes(chosen) ? chosen : "txt2img";
}

/** The modes there are. */
export function modes() {
  return store.state.capabilities?.modes ?? [];
}

/** Settings of this mode that the page has no control of its own for. */
export function extraParameters() {
  return parameters().filter((entry) => !own.has(entry.name) && fits(entry.name, mode()));
}

/**
 * @param {string} list
 * @param {string|undefined} name
 */
function offered(list, name) {
  /** @type {any} */
  const capabilities = store.state.capabilities;
  return capabilities?.[list]?.some((/** @type {{name: string}} */ entry) => entry.name === name) ? name : undefined;
}

/**
 * The schedules the chosen sampler can follow.
 */
export function scheduleChoices() {
  const samplers = store.state.capabilities?.samplers ?? [];
  const schedules = store.state.capabilities?.schedules ?? [];
  const accepted = samplers.find((entry) => entry.name === value("sampler"))?.schedules;
  return accepted ? schedules.filter((entry) => accepted.includes(entry.name)) : schedules;
}

/**
 * @param {string|undefined} schedule
 */
function suits(schedule) {
  return scheduleChoices().some((entry) => entry.name === schedule);
}

/**
 * Changes settings and remembers them; `undefined` goes back to the model's default.
 * @param {Record<string, any>} patch
 */
export function change(patch) {
  const settings = { ...store.state.settings, ...patch };
  const errors = { ...store.state.errors };
  for (const name of Object.keys(patch)) delete errors[name];
  delete errors[""];
  store.set({ settings, errors });
  save("settings", settings);
}

/** Goes back to the model's defaults, keeping the words and the picture to start from. */
export function reset() {
  const { prompt, negative_prompt, model: name, mode: start, source, mask, styles } = store.state.settings;
  /** @type {Record<string, undefined>} */
  const cleared = {};
  for (const key of Object.keys(store.state.settings)) cleared[key] = undefined;
  change({ ...cleared, ...freshSettings, prompt, negative_prompt, model: name, mode: start, source, mask, styles });
}

/**
 * Takes over the parameters of a picture: every one of them, and the defaults of what it does not say.
 * @param {import("./types.js").GenerationRequest} request
 * @param {{seed: number|string, index: number}} [image] the picture whose own seeds are wanted; absent: all of the job's
 */
export function use(request, image) {
  /** @type {any} */
  const given = request;
  /** @type {Record<string, any>} */
  const taken = Object.fromEntries(parameters().map(({ name }) => [name, given[name] ?? undefined]));
  for (const name of ["init_image", "mask"]) delete taken[name];
  Object.assign(taken, {
    prompt: request.prompt, negative_prompt: request.negative_prompt ?? "", seed: image?.seed ?? request.seed ?? null,
    batch_count: image ? 1 : request.batch_count, mode: given.mode ?? "txt2img", styles: given.styles ?? undefined,
  });
  for (const name of ["model", "sampler", "schedule", "steps", "guidance_scale", "width", "height"]) taken[name] = given[name];
  // Random is what nothing chosen means here.
  if (taken.seed === -1) taken.seed = null;
  if (image && request.variation_strength) taken.variation_seed = variationSeed(request, image);
  const { width, height } = request;
  if (given.init_image) Object.assign(taken, { source: sourceOf(given), mask: given.mask ?? undefined });
  change(taken);
  change({ shape: shapeOf({ width, height }, defaults(), limits()) });
}

/**
 * The picture a request starts from.
 * @param {any} request
 * @returns {import("./types.js").Source}
 */
function sourceOf({ init_image: id, init_image_file: file, width, height }) {
  return { id, width: file?.width ?? width, height: file?.height ?? height };
}

/**
 * The body of `POST /api/jobs`.
 * @returns {Record<string, any>}
 */
export function request() {
  /** @type {any} */
  const settings = store.state.settings;
  const known = model() !== undefined;
  const start = mode();
  /** @type {Record<string, any>} */
  const body = { prompt: settings.prompt.trim(), batch_count: settings.batch_count, seed: settings.seed ?? -1 };
  if (settings.negative_prompt.trim()) body.negative_prompt = settings.negative_prompt.trim();
  for (const name of ["model", "sampler", "schedule", "steps", "guidance_scale"]) {
    const chosen = value(name);
    if (known && chosen !== undefined && chosen !== "") body[name] = chosen;
  }
  if (known) Object.assign(body, size());
  for (const { name } of extraParameters()) {
    const chosen = settings[name];
    if (chosen !== undefined && chosen !== null && chosen !== "") body[name] = chosen;
  }
  if (settings.styles?.length && store.state.capabilities?.styles) body.styles = settings.styles;
  if (start !== "txt2img") Object.assign(body, { mode: start, init_image: settings.source?.id });
  if (start === "inpaint" && settings.mask) body.mask = settings.mask;
  if (start === "upscale") body.batch_count = 1;
  return body;
}

/**
 * What is wrong with the form as it stands, by field.
 * @returns {Record<string, string>}
 */
export function problems() {
  const { prompt, negative_prompt, source, mask } = store.state.settings;
  const most = limits().prompt_bytes;
  /** @type {Record<string, string>} */
  const found = {};
  if (!prompt.trim() && mode() !== "upscale") found.prompt = t("problem.empty");
  for (const [name, text] of Object.entries({ prompt, negative_prompt })) {
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > most) found[name] = t("problem.long", { n: bytes, most });
  }
  if (mode() !== "txt2img" && !source) found.init_image = t("problem.source");
  else if (mode() === "inpaint" && !mask && !isGrowing()) found.mask = t("problem.mask");
  const { width, height } = size();
  if (width * height > limits().max_pixels) found.width = t("problem.pixels");
  return found;
}

/** Whether the picture is to grow on some side: what is painted then is what is added. */
function isGrowing() {
  return Object.entries(store.state.settings).some(([name, pixels]) => name.startsWith("outpaint_") && Number(pixels) > 0);
}
