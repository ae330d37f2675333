/**
 * Keeps the store true: events while the connection holds, questions when it does not or when it is too quiet.
 */
import { api, APIError } from "./api.js";
import { connect } from "./events.js";
import { applyEvent, isOpen, mergeJob, openJobs, reign } from "./jobs.js";
import { checkSession } from "./session.js";
import { store } from "./state.js";

const pageSize = 48;
/** @type {any[]} events of jobs not known yet, held while a submission is under way */
let held = [];
/** @type {ReturnType<typeof connect>} */
let stream;
/** @type {ReturnType<typeof setInterval>|undefined} */
let watching;
let asking = false;

/** Starts everything; resolves when the first answers are in. */
export async function startSync() {
  stream = connect({
    onEvent: receive,
    onOpen() {
      const wasLost = store.state.connection !== "connecting";
      store.set({ connection: "open" });
      refreshCapabilities();
      if (wasLost) reconcile();
    },
    onLost(failures) {
      if (failures > 1 || store.state.connection === "open") store.set({ connection: "lost" });
    },
    onEnded: checkSession,
  });
  watching = setInterval(watch, 2000);
  await Promise.all([refreshCapabilities(), loadOlder()]);
}

/** Ends everything: nobody is here to be told. */
export function stopSync() {
  stream?.stop();
  clearInterval(watching);
  watching = undefined;
  held = [];
  lastLoaded = undefined;
  store.set({ connection: "connecting" });
}

document.addEventListener("visibilitychange", () => {
  if (watching && !document.hidden && stream.silence() > 10000) reconcile();
});

/** @param {any} event */
function receive(event) {
  const id = event.job?.id ?? event.job_id;
  // The answer to our own POST names the job; until then its news would show it twice.
  if (id && store.state.sending > 0 && !store.state.jobs.has(id)) held.push(event);
  else applyEvent(event);
  // Older events are gone: what they told has to be asked for.
  if (event.gap) reconcile();
}

/** A submission was answered: what was held can be told. */
export function releaseHeld() {
  const events = held;
  held = [];
  events.forEach(receive);
}

/** Every two seconds: asks where the stream cannot be trusted to tell. */
let beats = 0;
function watch() {
  if (document.hidden) return;
  beats += 1;
  const { connection, capabilities } = store.state;
  const waiting = openJobs();
  const noWorker = !capabilities?.workers.some((worker) => worker.state !== "offline");
  if (connection === "lost" || connection === "polling") reconcile();
  else if (waiting.length > 0 && stream.silence() > 15000) reconcile();
  const often = noWorker || waiting.some((job) => job.state === "queued");
  if (beats % (often ? 2 : 15) === 0 && connection === "open") refreshCapabilities();
}

/** Learns anew what the server can do. */
export async function refreshCapabilities() {
  try {
    const capabilities = await api.capabilities();
    if (JSON.stringify(capabilities) !== JSON.stringify(store.state.capabilities)) store.set({ capabilities });
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
  }
}

/** Asks for the newest jobs and for every job we believe unfinished. */
export async function reconcile() {
  if (asking) return;
  asking = true;
  const asked = performance.now();
  const asker = reign();
  try {
    const newest = await api.jobs({ limit: pageSize });
    if (asker !== reign()) return;
    if (store.state.connection === "lost") store.set({ connection: "polling" });
    newest.forEach((job) => mergeJob(job, asked));
    const told = new Set(newest.map((job) => job.id));
    for (const job of [...store.state.jobs.values()]) {
      if (!isOpen(job) || job.local || told.has(job.id)) continue;
      const answer = await api.job(job.id);
      if (asker !== reign()) return;
      mergeJob(answer, asked);
    }
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    if (store.state.connection === "polling" && error.status === 0) store.set({ connection: "lost" });
  } finally {
    asking = false;
  }
}

/** Loads the next page of the history; resolves to whether older ones may be left. */
export async function loadOlder() {
  const { history, jobs } = store.state;
  if (history.loading || !history.more || !watching) return history.more;
  const asker = reign();
  store.set({ history: { ...history, loading: true } });
  const asked = performance.now();
  let more = true;
  let ready = history.ready;
  try {
    const page = await api.jobs({ before: oldest(), limit: pageSize });
    if (asker !== reign()) return false;
    page.forEach((job) => mergeJob(job, asked));
    if (page.length > 0) lastLoaded = page[page.length - 1].id;
    more = page.length === pageSize;
    ready = true;
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    if (asker !== reign()) return false;
    // The place to go on from may have been deleted: take the oldest job we still know.
    if (error.status === 404 || error.status === 422) more = false;
    else setTimeout(loadOlder, 3000);
  }
  store.set({ history: { ...store.state.history, loading: false, more, ready } });
  return more && jobs.size > 0;
}

/** @type {string|undefined} */
let lastLoaded;

function oldest() {
  return lastLoaded;
}
