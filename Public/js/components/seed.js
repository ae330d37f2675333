/**
 * The seed: random each time, or held.
 */
import { h, icon } from "../dom.js";
import { change, limits } from "../form.js";
import { allJobs } from "../jobs.js";
import { store } from "../state.js";
import { errorFor } from "./controls.js";

/** The row of the form. */
export function seedRow() {
  const box = h("input", {
    class: "field", id: "field-seed", inputmode: "numeric", pattern: "[0-9]*", autocomplete: "off", tPlaceholder: "random",
  });
  const random = toggle("dice", "seed.random", () => change({ seed: null }));
  const held = toggle("lock", "seed.hold", () => change({ seed: store.state.settings.seed ?? lastSeed() }));
  box.addEventListener("input", () => {
    const digits = box.value.replace(/\D/g, "").slice(0, 16);
    if (digits !== box.value) box.value = digits;
    change({ seed: digits === "" ? null : Math.min(Number(digits), limits().max_seed) });
  });
  store.on(["settings"], () => {
    const { seed } = store.state.settings;
    random.setAttribute("aria-pressed", String(seed === null));
    held.setAttribute("aria-pressed", String(seed !== null));
    if (document.activeElement !== box) box.value = seed === null ? "" : String(seed);
  });
  return h(
    "div", { class: "row" }, h("label", { class: "name", for: box.id, t: "seed", tTitle: "hint.seed" }),
    h("div", { class: "seed" }, box, h("div", { class: "segments", role: "group", tLabel: "seed" }, random, held)),
    errorFor("seed", box));
}

/**
 * @param {string} name
 * @param {string} label
 * @param {() => void} onclick
 */
function toggle(name, label, onclick) {
  return h("button", { type: "button", class: "segment", tLabel: label, tTitle: label, onclick }, icon(name));
}

/** The seed of the picture on the stage, else of the newest, else a new one. */
function lastSeed() {
  const { selected, jobs } = store.state;
  const shown = selected ? jobs.get(selected) : undefined;
  const job = shown && !shown.local ? shown : allJobs().find((entry) => !entry.local);
  return job?.request.seed ?? Math.floor(Math.random() * 2 ** 32);
}
