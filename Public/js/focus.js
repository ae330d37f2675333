/**
 * Which job hangs on the stage: the one chosen, else the one that forms, else the newest.
 */
import { allJobs, isOpen, openJobs } from "./jobs.js";
import { store } from "./state.js";

/** How long a finished picture stays before the next one that forms takes its place. */
const linger = 2500;

/** @type {ReturnType<typeof setTimeout>|undefined} */
let timer;
/** @type {string|null} chosen by hand; stays until it ends */
let pinned = null;

/** Follows the jobs from now on. */
export function followJobs() {
  store.on(["jobs", "selected", "history"], follow);
}

/**
 * Puts a job on the stage because the reader asked for it.
 * @param {string} id
 */
export function show(id) {
  pinned = id;
  clearTimeout(timer);
  timer = undefined;
  store.set({ selected: id });
}

function follow() {
  const { jobs, selected, history } = store.state;
  const current = selected ? jobs.get(selected) : undefined;
  if (!current) {
    const newest = allJobs().find((job) => job.state === "failed" || job.images.length > 0);
    const next = openJobs()[0] ?? (history.ready ? newest : undefined);
    store.set({ selected: next?.id ?? null });
    return;
  }
  if (pinned === selected && isOpen(current)) return;
  pinned = null;
  const forming = openJobs()[0];
  if (!forming || forming.id === selected || forming.state === "queued") return;
  if (current.state === "queued") store.set({ selected: forming.id });
  else if (!isOpen(current)) {
    timer ??= setTimeout(() => {
      timer = undefined;
      const next = openJobs()[0];
      if (next && store.state.selected === selected) store.set({ selected: next.id });
    }, linger);
  }
}
