/**
 * The table that is seen: a group of jobs that the server was asked for at once. Which one it is is remembered; what is
 * in it the server knows.
 */
import { api, APIError } from "../../api.js";
import { uuid } from "../../dom.js";
import { isOpen, mergeJob, reign } from "../../jobs.js";
import { load, save } from "../../prefs.js";
import { store } from "../../state.js";
import { releaseHeld } from "../../sync.js";
import { attempt } from "../dialog.js";

/**
 * @typedef {import("../../types.js").GridAxis} Axis
 * @typedef {{x: number, y: number, z: number, job: string}} Cell
 * @typedef {{id: string, x: Axis|null, y: Axis|null, z: Axis|null, total: number, cells: Cell[]}} Plan
 */

/** @type {Plan|null} */
let plan = null;
/** How far the table was at most: a job that begins anew must not turn it back. */
let furthest = 0;
/** @type {Set<() => void>} */
const listeners = new Set();

export const currentPlan = () => plan;

/**
 * Calls `run` now and whenever there is another table.
 * @param {() => void} run
 */
export function onPlan(run) {
  listeners.add(run);
  run();
}

/** @param {Plan|null} next */
function turnTo(next) {
  if (next?.id !== plan?.id) furthest = 0;
  plan = next;
  save("plot", next ? { id: next.id } : null);
  store.set({ grid: next?.id ?? null });
  listeners.forEach((run) => run());
}

/**
 * Shows a table as the server tells it.
 * @param {import("../../types.js").Grid} grid
 * @param {number} asked when it was asked for
 */
export function showGrid({ id, x, y, z, total, cells }, asked) {
  turnTo({ id, x, y, z, total, cells: cells.map((cell) => ({ x: cell.x, y: cell.y, z: cell.z, job: cell.job.id })) });
  cells.forEach(({ job }) => mergeJob(job, asked));
}

/**
 * Asks for a table in place of the one before.
 * @param {Record<string, any>} request with its axes
 * @param {string} key the same for another try of the same table
 */
export async function beginPlan(request, key) {
  const asker = reign();
  const asked = performance.now();
  // Events of its jobs come before the answer that names them.
  store.set({ sending: store.state.sending + 1 });
  try {
    const grid = await api.submitGrid(request, key);
    if (asker === reign()) showGrid(grid, asked);
  } finally {
    store.set({ sending: store.state.sending - 1 });
    setTimeout(releaseHeld);
  }
}

/**
 * Asks for a table once.
 * @param {Record<string, any>} request with its axes
 */
export const lay = (request) => beginPlan(request, uuid());

/** Shows the table that was seen last, and asks for it again when a lost connection is back. */
export function followPlan() {
  let wasOpen = false;
  store.on(["connection", "session"], () => {
    const isThere = store.state.connection === "open" && Boolean(store.state.session?.user);
    if (isThere && !wasOpen) restore();
    wasOpen = isThere;
  });
}

async function restore() {
  const id = plan?.id ?? load("plot", null)?.id;
  if (!id) return;
  const asker = reign();
  const asked = performance.now();
  try {
    const grid = await api.grid(id);
    if (asker === reign() && (!plan || plan.id === id)) showGrid(grid, asked);
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    if (error.status === 404 && asker === reign()) turnTo(null);
  }
}

/**
 * How much of a table is done, 0 to 1, and how many cells still wait or run.
 * @param {Plan} shown
 */
export function progressOf({ total, cells }) {
  const { jobs, progress } = store.state;
  let [sum, done, open] = [total - cells.length, 0, 0];
  for (const { job: id } of cells) {
    const job = jobs.get(id);
    if (job?.state === "finished") done += 1;
    if (job && isOpen(job)) open += 1;
    const part = progress.get(id);
    sum += !job ? 0 : !isOpen(job) ? 1 : part?.total ? Math.min(part.done / part.total, 1) * 0.98 : 0;
  }
  furthest = Math.max(furthest, total > 0 ? sum / total : 0);
  return { fraction: furthest, done, open };
}

/** Takes back what waits or runs. */
export async function stopPlan() {
  const mine = plan;
  if (!mine) return;
  const asked = performance.now();
  await attempt(async () => {
    const grid = await api.cancelGrid(mine.id);
    if (plan === mine) showGrid(grid, asked);
  });
}

/** Puts the table away; its pictures stay among the others. */
export function closePlan() {
  turnTo(null);
}
