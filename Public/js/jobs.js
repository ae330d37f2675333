/**
 * What the page knows about jobs, and how news changes it.
 */
import { freshHistory, store } from "./state.js";

/** @typedef {import("./types.js").Job} Job */

const terminal = new Set(["finished", "failed", "cancelled"]);

/** When a job was last changed by an event, so that an older answer to a GET cannot undo it. */
const changedAt = new Map();

/** Counts the users the page has belonged to. */
let reigns = 0;

/** Which user's answers count now: one asked for under an earlier number is another's, or nobody's. */
export const reign = () => reigns;

/** @param {Job} job */
export const isOpen = (job) => !terminal.has(job.state);

/**
 * @param {Job} a
 * @param {Job} b
 */
const byAge = (a, b) => (a.created_at < b.created_at ? 1 : a.created_at > b.created_at ? -1 : 0);

/** Every job, newest first. */
export function allJobs() {
  return [...store.state.jobs.values()].sort(byAge);
}

/** My unfinished jobs, in the order they will run. */
export function openJobs() {
  const rank = (/** @type {Job} */ job) => (job.state === "queued" ? 1 : 0);
  return allJobs()
    .filter(isOpen)
    .reverse()
    .sort((a, b) => rank(a) - rank(b) || Number(a.local ?? false) - Number(b.local ?? false));
}

/** Every finished picture with its job, newest job first, in order within a job. */
export function allImages() {
  const { hiddenImages, history } = store.state;
  const result = [];
  for (const job of allJobs()) {
    for (const image of job.images ?? []) {
      if (hiddenImages.has(image.id) || (history.favourites && !image.favourite)) continue;
      result.push({ job, image });
    }
  }
  return result;
}

/**
 * Takes a job as the server tells it.
 * @param {Job} job
 * @param {number} [asked] when an answer was asked for; events have none
 */
export function mergeJob(job, asked) {
  const { jobs, progress, previews } = store.state;
  const known = jobs.get(job.id);
  if (asked !== undefined && (changedAt.get(job.id) ?? -1) > asked) return;
  if (known && !isOpen(known) && isOpen(job)) return;
  if (asked === undefined) changedAt.set(job.id, performance.now());
  jobs.set(job.id, job);
  if (job.progress) takeProgress(job.id, job.progress, job.attempt !== known?.attempt);
  if (job.state !== "running") progress.delete(job.id);
  if (!isOpen(job) || job.state === "queued") previews.delete(job.id);
  store.touch("jobs");
}

/**
 * @param {string} id
 * @param {import("./types.js").Progress} news
 * @param {boolean} [anew] a new attempt starts from nothing
 */
function takeProgress(id, news, anew = false) {
  const { progress } = store.state;
  const known = progress.get(id);
  if (known && !anew && news.done < known.done) return;
  progress.set(id, { ...news, at: performance.now() });
  store.touch("progress");
}

/**
 * Takes one event of the stream.
 * @param {any} event
 */
export function applyEvent(event) {
  const { jobs, previews } = store.state;
  if (event.type === "job") mergeJob(event.job);
  else if (event.type === "snapshot") event.jobs.forEach((/** @type {Job} */ job) => mergeJob(job));
  else if (event.type === "queue") store.set({ queue: { waiting: event.waiting, running: event.running } });
  else if (event.type === "progress") {
    const job = jobs.get(event.job_id);
    if (!job || !isOpen(job)) return;
    // Progress may overtake the change of state.
    if (job.state !== "running") mergeJob({ ...job, state: "running", position: null });
    takeProgress(event.job_id, event.progress);
    if (event.preview) previews.set(event.job_id, previewURL(event.preview));
  } else if (event.type === "image") {
    const job = jobs.get(event.job_id);
    if (!job) return;
    const images = job.images.filter((image) => image.id !== event.image.id);
    images.push(event.image);
    images.sort((a, b) => a.index - b.index);
    mergeJob({ ...job, images });
  }
}

/**
 * A preview as an image address, whether it came as one or as bare base64.
 * @param {string|{data: string, type?: string}} preview
 */
function previewURL(preview) {
  const data = typeof preview === "string" ? preview : preview.data;
  if (/^(data:|blob:|\/)/.test(data) && !data.startsWith("/9j/")) return data;
  const type = data.startsWith("/9j/") ? "image/jpeg" : data.startsWith("UklGR") ? "image/webp" : "image/png";
  return `data:${type};base64,${data}`;
}

/** @param {string} id */
export function forgetJob(id) {
  store.state.jobs.delete(id);
  if (store.state.selected === id) store.set({ selected: null });
  store.touch("jobs");
}

/** Forgets all that belongs to a user. */
export function forgetAll() {
  reigns += 1;
  changedAt.clear();
  store.set({
    jobs: new Map(), progress: new Map(), previews: new Map(), hiddenImages: new Set(), history: freshHistory,
    selected: null, grid: null, queue: null, image: null, errors: {},
  });
}

/**
 * Changes one picture wherever it is known.
 * @param {string} id
 * @param {Partial<import("./types.js").Image>|null} change null removes it
 */
export function changeImage(id, change) {
  for (const job of store.state.jobs.values()) {
    const at = job.images?.findIndex((image) => image.id === id) ?? -1;
    if (at < 0) continue;
    if (change) job.images[at] = { ...job.images[at], ...change };
    else job.images = job.images.filter((image) => image.id !== id);
    store.touch("jobs");
    return;
  }
}
