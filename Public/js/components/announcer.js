/**
 * Tells a screen reader where the job on the stage stands: its place and its state, not every step.
 */
import { describe } from "../describe.js";
import { setText } from "../dom.js";
import { store } from "../state.js";

/** @param {HTMLElement} region a polite live region */
export function mountAnnouncer(region) {
  /** @type {Map<string, string>} */
  const said = new Map();
  store.on(["jobs", "selected", "capabilities"], () => {
    const { selected, jobs } = store.state;
    const job = selected ? jobs.get(selected) : undefined;
    if (!job) return;
    const { text, detail, tone } = describe(job);
    const words = tone === "bad" && detail ? `${text} ${detail}` : text;
    const fresh = said.has(job.id) || job.state === "queued" || job.state === "assigned" || job.state === "running";
    if (said.get(job.id) === words) return;
    said.set(job.id, words);
    // A job that was done before the page was opened is no news.
    if (fresh) setText(region, words);
  });
}
