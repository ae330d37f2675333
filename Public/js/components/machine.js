/**
 * The line under the button: which machine paints, and how many wait, without saying who.
 */
import { h, setText } from "../dom.js";
import { t } from "../i18n.js";
import { store } from "../state.js";

export function machine() {
  const dot = h("span", { class: "dot" });
  const text = h("span");
  store.on(["capabilities", "queue", "lang"], () => {
    const { capabilities, queue } = store.state;
    const workers = capabilities?.workers.filter((worker) => worker.state !== "offline") ?? [];
    const state = workers.some((worker) => worker.state === "ready") ? "ready" : workers.length ? "busy" : "offline";
    dot.dataset.state = state;
    const parts = [];
    if (!capabilities) parts.push(t("machine.unknown"));
    else if (workers.length === 0) parts.push(t("machine.none"));
    else if (workers.length === 1) parts.push(workers[0].device);
    else parts.push(t("machine.several", { n: workers.length }));
    if (queue && queue.waiting > 0) parts.push(t("machine.waiting", { n: queue.waiting }));
    else if (workers.length) parts.push(t(state === "ready" ? "machine.ready" : "machine.busy"));
    setText(text, parts.join(" · "));
    text.title = text.textContent ?? "";
  });
  return h("p", { class: "machine" }, dot, text);
}
