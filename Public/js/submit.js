/**
 * From a click to a job: shown at once, sent with one key, tried again until the server answers.
 */
import { api, APIError } from "./api.js";
import { uuid } from "./dom.js";
import { forgetJob, isOpen, mergeJob, reign } from "./jobs.js";
import { has, t } from "./i18n.js";
import { releaseHeld } from "./sync.js";
import { store } from "./state.js";

const waits = [500, 1000, 2000, 4000, 8000];

/**
 * Sends a request.
 * @param {Record<string, any>} request
 * @param {{width: number, height: number}} size what the stage shows until the server has resolved it
 * @returns {Promise<boolean>} whether it was accepted
 */
export async function submit(request, size) {
  const key = uuid();
  const id = `local-${key}`;
  const before = store.state.selected;
  const asker = reign();
  showSending(id, request, size);
  store.set({ errors: {} });
  try {
    const job = await send(id, request, key);
    // Its user has left the page: the job is made and waits for them.
    if (asker !== reign()) return true;
    const withdrawn = !store.state.jobs.delete(id);
    mergeJob(job, performance.now());
    if (withdrawn) cancel(job);
    if (store.state.selected === id) store.set({ selected: job.id });
    return true;
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    if (asker !== reign()) return false;
    if (store.state.selected === id) store.set({ selected: before });
    forgetJob(id);
    showError(error);
    return false;
  }
}

/**
 * @param {string} id
 * @param {Record<string, any>} request
 * @param {{width: number, height: number}} size
 */
function showSending(id, request, size) {
  const { jobs, selected } = store.state;
  jobs.set(id, {
    id,
    local: true,
    state: "queued",
    // @ts-ignore: shown only until the server answers with every field
    request: { batch_count: 1, negative_prompt: "", ...request, ...size },
    images: [],
    attempt: 0,
    created_at: new Date().toISOString(),
  });
  store.touch("jobs");
  const current = selected ? jobs.get(selected) : null;
  // A picture that is forming stays in view; the new job joins the list below it.
  if (!current || !isOpen(current)) store.set({ selected: id });
}

/**
 * @param {string} id
 * @param {Record<string, any>} request
 * @param {string} key
 */
async function send(id, request, key) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await post(request, key);
    } catch (error) {
      if (!(error instanceof APIError) || !error.isTemporary || error.status === 507) throw error;
      const local = store.state.jobs.get(id);
      if (!local) throw error;
      // Without a worker or a connection it waits here as long as it takes; other failures end it.
      const patient = error.status === 0 || error.code === "no_worker";
      if (!patient && tries >= waits.length) throw error;
      store.state.jobs.set(id, { ...local, note: error.status === 0 ? "offline" : error.code });
      store.touch("jobs");
      await pause(Math.min((error.retryAfter ?? 0) * 1000 || waits[Math.min(tries, waits.length - 1)], 8000));
      if (!store.state.jobs.has(id)) throw new APIError(0, { code: "withdrawn", message: "" });
    }
  }
}

/**
 * One try. While it is under way, events of unknown jobs are held: the answer may name one of them.
 * @param {Record<string, any>} request
 * @param {string} key
 */
async function post(request, key) {
  store.set({ sending: store.state.sending + 1 });
  try {
    return await api.submit(request, key);
  } finally {
    store.set({ sending: store.state.sending - 1 });
    // After the job has taken its place.
    setTimeout(releaseHeld);
  }
}

/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** @param {APIError} error */
function showError(error) {
  if (error.code === "withdrawn") return;
  store.set({ errors: { [error.field ?? ""]: errorText(error) } });
}

/**
 * What happened, in the page's language where it knows the code, else in the server's words.
 * @param {{code: string, message: string, status?: number}} error
 */
export function errorText(error) {
  const key = `error.${error.code}`;
  if (has(key)) return t(key, { n: store.state.capabilities?.limits.jobs_per_user ?? 20 });
  if (error.status === 0) return t("error.unreachable");
  const message = error.message || t("error.unknown");
  return message.charAt(0).toUpperCase() + message.slice(1);
}

/**
 * Takes back a job: one not sent yet is forgotten, others are cancelled.
 * @param {import("./types.js").Job} job
 */
export async function cancel(job) {
  if (job.local) {
    forgetJob(job.id);
    return;
  }
  // Seen at once; the server's answer decides.
  const shown = { ...job, state: /** @type {const} */ ("cancelled"), position: null };
  store.state.jobs.set(job.id, shown);
  store.touch("jobs");
  const asker = reign();
  try {
    const answer = await api.cancel(job.id);
    if (asker === reign()) mergeJob(answer, performance.now());
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    if (asker !== reign()) return;
    store.state.jobs.set(job.id, job);
    store.touch("jobs");
  }
}
