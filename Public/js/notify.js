/**
 * Tells someone who looks elsewhere that a picture is done: the title flashes, a notification if allowed.
 */
import { thumbnailURL } from "./api.js";
import { t } from "./i18n.js";
import { isOpen } from "./jobs.js";
import { store } from "./state.js";

/** @type {ReturnType<typeof setInterval>|undefined} */
let flashing;

/** Watches the jobs from now on. */
export function watchForDone() {
  /** @type {Set<string>} */
  let open = new Set();
  store.on(["jobs"], () => {
    const now = new Set();
    for (const job of store.state.jobs.values()) {
      if (isOpen(job)) now.add(job.id);
      else if (open.has(job.id) && job.state !== "cancelled" && document.hidden && isLast(job)) tell(job);
    }
    open = now;
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) stopFlashing();
  });
}

/**
 * Of a table only the last picture is told of.
 * @param {import("./types.js").Job} job
 */
function isLast({ grid_id: grid }) {
  return !grid || ![...store.state.jobs.values()].some((other) => other.grid_id === grid && isOpen(other));
}

/** @param {import("./types.js").Job} job */
function tell(job) {
  const text = t(job.state === "finished" ? "title.done" : "title.failed");
  stopFlashing();
  let on = true;
  document.title = text;
  flashing = setInterval(() => {
    on = !on;
    document.title = on ? text : "Atelier";
  }, 1000);
  if (globalThis.Notification?.permission !== "granted") return;
  const notice = new Notification(text, {
    body: job.request.prompt, tag: job.id, icon: job.images[0] ? thumbnailURL(job.images[0].id) : "favicon.svg",
  });
  notice.onclick = () => {
    focus();
    notice.close();
  };
}

function stopFlashing() {
  clearInterval(flashing);
  flashing = undefined;
  document.title = "Atelier";
}

/** Whether the reader can still be asked. */
export function canAskForNotice() {
  return isSecureContext && globalThis.Notification?.permission === "default";
}

/** Asks for permission; the bell goes away with the answer. */
export async function askForNotice() {
  await Notification.requestPermission();
  store.touch("jobs");
}
