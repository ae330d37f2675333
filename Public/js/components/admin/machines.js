/**
 * The machines and what they do, the service, its disk.
 */
import { admin } from "../../admin.js";
import { h, setText } from "../../dom.js";
import { duration } from "../../format.js";
import { t } from "../../i18n.js";
import { attempt } from "../dialog.js";
import { nodeColumn, table, textColumn } from "../table.js";
import { ago, bytes, facts, latest, long, section, short } from "./part.js";

/** @typedef {import("../../admin.js").Worker} Worker */
/** @typedef {import("../../admin.js").Overview} Overview */

/** @param {() => void} refresh */
export function machinesPart(refresh) {
  const workers = table({
    label: "admin.workers", none: "admin.workers.none", key: (/** @type {Worker} */ worker) => worker.id,
    columns: [
      nodeColumn("worker.name", nameCell),
      nodeColumn("worker.state", stateCell),
      textColumn("worker.job", jobText),
      textColumn("worker.heard", (worker) => ago(worker.last_heard_seconds), "number"),
      textColumn("worker.attempts", (worker) => String(worker.attempts), "number"),
      textColumn("worker.memory", memoryText, "number"),
      textColumn("worker.use", useText, "number"),
      nodeColumn("actions", (latestWorker) => drainButton(latestWorker, refresh), "actions"),
    ],
  });
  const service = facts(["service.waiting", "service.running", "service.sockets", "service.uptime", "service.version"]);
  const disk = facts(["disk.free", "disk.floor", "disk.images", "disk.database"]);
  const low = h("p", { class: "error", t: "disk.low" });
  const part = latest(admin.overview, (/** @type {Overview} */ overview) => {
    workers.update(overview.workers);
    service.update([
      String(overview.queue.waiting), String(overview.queue.running), String(overview.sockets),
      long(overview.uptime_seconds), overview.version,
    ]);
    const { free_bytes: free, free_floor_bytes: floor, images_bytes: images, database_bytes: database } = overview.disk;
    disk.update([free, floor, images, database].map(bytes));
    low.hidden = free > floor;
  });
  low.hidden = true;
  return {
    node: h("div", {}, section("admin.workers", workers.node), section("admin.service", service.node), section("admin.disk", disk.node, low)),
    ...part,
  };
}

/** @param {Worker} worker */
function memoryText(worker) {
  return worker.memory_total_bytes === null
    ? bytes(worker.memory_bytes) : `${bytes(worker.memory_bytes)} / ${bytes(worker.memory_total_bytes)}`;
}

/** @param {Worker} worker */
function useText(worker) {
  return worker.utilisation === null ? "" : `${Math.round(100 * worker.utilisation)} %`;
}

function nameCell() {
  const name = h("b");
  const device = h("span", { class: "muted small" });
  return {
    node: h("div", { class: "stacked" }, name, device),
    update(/** @type {Worker} */ worker) {
      setText(name, worker.name);
      setText(device, worker.device);
    },
  };
}

function stateCell() {
  const dot = h("span", { class: "dot" });
  const text = h("span");
  return {
    node: h("div", { class: "worker-state" }, dot, text),
    update(/** @type {Worker} */ worker) {
      dot.dataset.state = worker.drained && worker.state === "ready" ? "drained" : worker.state;
      const words = t(`worker.state.${dot.dataset.state}`);
      setText(text, worker.drained && worker.state === "busy" ? `${words}, ${t("worker.draining")}` : words);
    },
  };
}

/** @param {Worker} worker */
function jobText({ job }) {
  if (!job) return "–";
  const text = t("worker.job.text", { id: short(job.id), n: job.attempt });
  return job.lease_seconds === null ? text : `${text}, ${t("worker.lease", { time: duration(job.lease_seconds) })}`;
}

/**
 * @param {() => Worker} worker
 * @param {() => void} refresh
 */
function drainButton(worker, refresh) {
  const button = h("button", { type: "button", class: "button", onclick: async () => {
    button.disabled = true;
    const { id, drained } = worker();
    if (await attempt(() => admin.drain(id, !drained))) refresh();
    button.disabled = false;
    button.focus();
  } });
  return {
    node: button,
    update(/** @type {Worker} */ now) {
      setText(button, t(now.drained ? "worker.undrain" : "worker.drain"));
      button.title = t(now.drained ? "worker.undrain.hint" : "worker.drain.hint");
      button.setAttribute("aria-label", `${button.textContent}: ${now.name}`);
    },
  };
}
