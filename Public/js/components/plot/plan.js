/**
 * A table of pictures under way: its cells are jobs of their own, sent as there is room for them. It is remembered, so
 * that a page opened again goes on where it was; sending a cell twice cannot make it twice.
 */
import { api, APIError } from "../../api.js";
import { uuid } from "../../dom.js";
import { limits } from "../../form.js";
import { t } from "../../i18n.js";
import { isOpen, mergeJob, openJobs, reign } from "../../jobs.js";
import { load, save } from "../../prefs.js";
import { store } from "../../state.js";
import { cancel, errorText } from "../../submit.js";
import { apply } from "./axes.js";

/**
 * @typedef {{name: string, values: any[]}} Axis
 * @typedef {{at: number[], job?: string, error?: string}} Cell `at`: the place on each axis
 * @typedef {{id: string, axes: Axis[], base: Record<string, any>, cells: Cell[], stopped?: boolean}} Plan
 */

/** Jobs of a table that wait at once: others of the same person still find room between them. */
const together = 4;

/** @type {Plan|null} */
let plan = load("plot", null);
/** @type {Set<() => void>} */
const listeners = new Set();
let isSending = false;

export const currentPlan = () => plan;

/**
 * Calls `run` now and whenever the table changes.
 * @param {() => void} run
 */
export function onPlan(run) {
  listeners.add(run);
  run();
}

function tell() {
  save("plot", plan);
  listeners.forEach((run) => run());
}

/**
 * Begins a table in place of the one before.
 * @param {Axis[]} axes one to three
 * @param {Record<string, any>} base the request that every cell starts from
 */
export function beginPlan(axes, base) {
  /** @type {Cell[]} */
  let cells = [{ at: [] }];
  for (const axis of axes) cells = cells.flatMap(({ at }) => axis.values.map((_, index) => ({ at: [...at, index] })));
  // Changing the model costs most, so that it is changed least.
  const model = axes.findIndex(({ name }) => name === "model");
  if (model >= 0) cells.sort((a, b) => a.at[model] - b.at[model]);
  // Cells differ by their axes alone.
  const seed = base.seed === -1 ? Math.floor(Math.random() * 2 ** 32) : base.seed;
  plan = { id: uuid(), axes, base: { ...base, seed, batch_count: 1 }, cells };
  tell();
  goOn();
}

/** The request of a cell. @param {Cell} cell */
export function requestOf(cell) {
  const { axes, base } = /** @type {Plan} */ (plan);
  return axes.reduce((request, axis, index) => apply(request, axis, cell.at[index]), base);
}

/** Follows the jobs from now on. */
export function followPlan() {
  store.on(["jobs", "connection", "session", "history"], () => {
    goOn();
    learn();
  });
}

let isLearning = false;

/** Asks for cells made long ago, which the history has not come to yet. */
async function learn() {
  const mine = plan;
  const { jobs, history } = store.state;
  if (!mine || isLearning || !history.ready) return;
  isLearning = true;
  const asker = reign();
  try {
    for (const cell of mine.cells) {
      if (!cell.job || cell.error || jobs.has(cell.job)) continue;
      const job = await api.job(cell.job).catch((error) => {
        if (!(error instanceof APIError) || error.status !== 404) throw error;
        cell.error = t("plot.gone");
      });
      if (plan !== mine || asker !== reign()) return;
      if (job) mergeJob(job, performance.now());
      else tell();
    }
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
  } finally {
    isLearning = false;
  }
}

/** Sends the next cells, as long as there is room. */
async function goOn() {
  const mine = plan;
  if (!mine || mine.stopped || isSending || !store.state.session?.user || store.state.connection !== "open") return;
  isSending = true;
  const asker = reign();
  try {
    for (const cell of mine.cells) {
      if (plan !== mine || mine.stopped || asker !== reign()) break;
      if (cell.job || cell.error) continue;
      if (waiting(mine) >= together || openJobs().length >= limits().jobs_per_user - 1) break;
      await send(mine, cell);
    }
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    // No room, no connection, no machine: tried again with the next news, or after a while.
    setTimeout(goOn, (error.retryAfter ?? 5) * 1000);
  } finally {
    isSending = false;
  }
}

/**
 * @param {Plan} mine
 * @param {Cell} cell
 */
async function send(mine, cell) {
  try {
    const job = await api.submit(requestOf(cell), `${mine.id}-${mine.cells.indexOf(cell)}`);
    cell.job = job.id;
    mergeJob(job, performance.now());
    if (mine.stopped) cancel(job);
  } catch (error) {
    if (!(error instanceof APIError) || error.isTemporary || error.status === 429) throw error;
    cell.error = errorText(error);
  }
  if (plan === mine) tell();
}

/** Cells sent and not done. @param {Plan} mine */
function waiting({ cells }) {
  return cells.filter(({ job }) => {
    const known = job && store.state.jobs.get(job);
    return known && isOpen(known);
  }).length;
}

/** Sends no more, and takes back what waits or runs. */
export function stopPlan() {
  if (!plan) return;
  plan.stopped = true;
  for (const { job } of plan.cells) {
    const known = job && store.state.jobs.get(job);
    if (known && isOpen(known)) cancel(known);
  }
  tell();
}

/** Puts the table away; its pictures stay among the others. */
export function closePlan() {
  plan = null;
  tell();
}
