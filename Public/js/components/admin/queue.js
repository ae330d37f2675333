/**
 * Everybody's unfinished jobs, without their words.
 */
import { admin } from "../../admin.js";
import { h } from "../../dom.js";
import { t } from "../../i18n.js";
import { attempt, confirmed } from "../dialog.js";
import { nodeColumn, table, textColumn } from "../table.js";
import { latest, section, short, since } from "./part.js";

/** @typedef {import("../../admin.js").QueuedJob} QueuedJob */

/** @param {() => void} refresh */
export function queuePart(refresh) {
  const jobs = table({
    label: "admin.queue", none: "queue.none", key: (/** @type {QueuedJob} */ job) => job.id,
    columns: [
      textColumn("queue.job", (job) => short(job.id)),
      textColumn("queue.owner", (job) => ownerName(job)),
      textColumn("queue.state", stateText),
      textColumn("queue.work", workText),
      textColumn("queue.model", (job) => job.model),
      textColumn("queue.attempt", (job) => String(job.attempt), "number"),
      textColumn("queue.worker", (job) => job.worker_id ?? "–"),
      textColumn("queue.age", (job) => since(job.created_at), "number"),
      nodeColumn("actions", (job) => jobButtons(job, refresh), "actions"),
    ],
  });
  return { node: section("admin.queue", jobs.node), ...latest(admin.jobs, jobs.update) };
}

/** @param {QueuedJob} job */
const ownerName = ({ owner }) => owner.name || short(owner.id);

/** @param {QueuedJob} job */
function stateText(job) {
  const words = t(`state.${job.state}`);
  return job.state === "queued" && job.position !== null ? `${words} · ${t("queue.before", { n: job.position })}` : words;
}

/** @param {QueuedJob} job */
const workText = (job) => `${job.width} × ${job.height} · ${t("queue.steps", { n: job.steps })} · ${t("queue.pictures", { n: job.batch_count })}`;

/**
 * @param {() => QueuedJob} job
 * @param {() => void} refresh
 */
function jobButtons(job, refresh) {
  /**
   * @param {"requeue"|"fail"} what
   */
  const ask = async (what) => {
    const { id } = job();
    const text = t(`queue.${what}.text`, { id: short(id), name: ownerName(job()) });
    if (!(await confirmed({ title: `queue.${what}.title`, text, action: `queue.${what}` }))) return;
    if (await attempt(() => admin[what](id))) refresh();
  };
  const requeue = h("button", { type: "button", class: "button", t: "queue.requeue", onclick: () => ask("requeue") });
  const fail = h("button", { type: "button", class: "button", t: "queue.fail", onclick: () => ask("fail") });
  return {
    node: h("div", { class: "cell-actions" }, requeue, fail),
    update(/** @type {QueuedJob} */ now) {
      // A job that waits stands where it would be put.
      requeue.disabled = now.state === "queued";
      for (const [button, key] of /** @type {const} */ ([[requeue, "queue.requeue"], [fail, "queue.fail"]])) {
        button.setAttribute("aria-label", `${t(key)}: ${short(now.id)}`);
      }
    },
  };
}
