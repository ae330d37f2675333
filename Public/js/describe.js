/**
 * Where a job stands, in words: one place for the stage, the list of jobs and the live region.
 */
import { duration, measured } from "./format.js";
import { t } from "./i18n.js";
import { openJobs } from "./jobs.js";
import { store } from "./state.js";
import { errorText } from "./submit.js";

/** @typedef {import("./types.js").Job} Job */

/**
 * @param {Job} job
 * @returns {{icon: string, text: string, detail?: string, numbers?: string, tone?: "bad"}}
 */
export function describe(job) {
  if (job.local) return describeSending(job);
  if (job.state === "queued") return describeQueued(job);
  if (job.state === "assigned") return { icon: "brush", text: t("turn"), detail: again(job) };
  if (job.state === "running") return describeRunning(job);
  if (job.state === "failed") {
    return { icon: "warning", tone: "bad", text: t("failed"), detail: job.error ? errorText(job.error) : undefined };
  }
  if (job.state === "cancelled") return { icon: "close", text: t("cancelled"), detail: job.request.prompt };
  return { icon: "tick", text: doneText(job), detail: job.request.prompt };
}

/** @param {Job} job */
function describeSending(job) {
  if (job.note === "offline") return { icon: "cloud", text: t("sending.offline") };
  if (job.note === "no_worker") return { icon: "plug", text: t("sending.noWorker") };
  return { icon: "clock", text: t(job.note ? "sending.again" : "sending") };
}

/** @param {Job} job */
function describeQueued(job) {
  const workers = store.state.capabilities?.workers ?? [];
  const idle = workers.every((worker) => worker.state === "offline");
  // An attempt is counted when a machine takes the job: one that waits with an attempt was given back.
  if (job.attempt > 0) {
    return { icon: "restart", text: t("restarted", { n: job.attempt + 1 }), detail: idle ? t("noWorker") : place(job) };
  }
  if (idle && store.state.capabilities) return { icon: "plug", text: t("noWorker"), detail: t("noWorker.detail") };
  return { icon: "clock", text: place(job) };
}

/**
 * "There are 2 users before you · about 40 s"
 * @param {Job} job
 */
function place(job) {
  const before = job.position ?? 0;
  // Before my foremost job there are only others; before my later ones, mine as well.
  const first = openJobs().find((mine) => !mine.local)?.id === job.id;
  const text = before === 0 ? t("next") : t(first ? "before.users" : "before.jobs", { n: before });
  const seconds = job.estimated_start_seconds;
  return seconds ? `${text} · ${t("about", { time: duration(seconds) })}` : text;
}

/** @param {Job} job */
function again(job) {
  return job.attempt > 1 ? t("attempt", { n: job.attempt }) : undefined;
}

/** @param {Job} job */
function describeRunning(job) {
  const progress = store.state.progress.get(job.id);
  const phase = progress?.phase ?? "loading";
  const result = { icon: "brush", text: t(`phase.${phase}`), detail: again(job), numbers: "" };
  if (progress && phase === "denoising") {
    const parts = [`${progress.done} / ${progress.total}`];
    const left = secondsLeft(progress);
    if (left !== null) parts.push(left < 0.5 ? t("almost") : t("left", { time: duration(left) }));
    result.numbers = parts.join(" · ");
  }
  return result;
}

/**
 * The estimate, less the time since it was made.
 * @param {import("./types.js").Progress & {at: number}} progress
 */
function secondsLeft(progress) {
  if (progress.eta_seconds === null || progress.eta_seconds === undefined) return null;
  return Math.max(0, progress.eta_seconds - (performance.now() - progress.at) / 1000);
}

/** @param {Job} job */
function doneText(job) {
  if (!job.started_at || !job.finished_at) return t("done");
  const seconds = (Date.parse(job.finished_at) - Date.parse(job.started_at)) / 1000;
  return seconds > 0 ? t("done.in", { time: measured(seconds) }) : t("done");
}

/**
 * How far along a running job is, 0…1; null while that cannot be known.
 * @param {Job} job
 */
export function fraction(job) {
  const progress = store.state.progress.get(job.id);
  if (!progress || progress.phase === "loading" || progress.phase === "encoding" || !progress.total) return null;
  return Math.min(1, progress.done / progress.total);
}

/**
 * One short line, for the list of jobs.
 * @param {Job} job
 */
export function shortState(job) {
  const { text, numbers } = describe(job);
  return numbers || text;
}
