/**
 * Several of my jobs at once: a compact list under the stage.
 */
import { describe, shortState } from "../describe.js";
import { h, iconButton, reconcile, setText } from "../dom.js";
import { show } from "../focus.js";
import { openJobs } from "../jobs.js";
import { store } from "../state.js";
import { cancel } from "../submit.js";
import { clearPicture, showPicture } from "./picture.js";

/** @typedef {{node: HTMLElement, prompt: HTMLElement, state: HTMLElement, thumb: HTMLElement}} Row */

/** The list, hidden unless it has something the stage does not show. */
export function jobList() {
  const list = h("ul", { class: "jobs", tLabel: "jobs" });
  /** @type {Map<string, Row>} */
  const rows = new Map();
  store.on(["jobs", "selected", "progress", "capabilities", "lang", "grid"], () => {
    const { selected, previews, grid } = store.state;
    // Those of a table are seen in it.
    const open = openJobs().filter((job) => !job.grid_id || job.grid_id !== grid);
    list.hidden = open.every((job) => job.id === selected);
    if (list.hidden) {
      list.replaceChildren();
      rows.clear();
      return;
    }
    for (const id of rows.keys()) if (!open.some((job) => job.id === id)) rows.delete(id);
    reconcile(list, open.map((job) => {
      const row = rows.get(job.id) ?? makeRow(job.id);
      rows.set(job.id, row);
      setText(row.prompt, job.request.prompt);
      setText(row.state, shortState(job));
      row.state.title = describe(job).text;
      row.node.toggleAttribute("data-current", job.id === selected);
      row.node.firstElementChild?.setAttribute("aria-current", String(job.id === selected));
      const preview = previews.get(job.id);
      if (preview) showPicture(row.thumb, preview, "");
      else if (row.thumb.dataset.src) clearPicture(row.thumb);
      return row.node;
    }));
  });
  return list;
}

/**
 * @param {string} id
 * @returns {Row}
 */
function makeRow(id) {
  const thumb = h("span", { class: "job-thumb" });
  const prompt = h("span", { class: "job-prompt" });
  const state = h("span", { class: "job-state" });
  const pick = h("button", { type: "button", class: "job-pick", onclick: () => show(id) }, thumb, prompt, state);
  const stop = iconButton("close", "cancel", () => {
    const job = store.state.jobs.get(id);
    if (job) cancel(job);
  });
  return { node: h("li", { class: "job" }, pick, stop), prompt, state, thumb };
}
