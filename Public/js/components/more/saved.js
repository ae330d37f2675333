/**
 * Files that become jobs: a saved request, or a list of prompts.
 */
import { h, icon } from "../../dom.js";
import { request } from "../../form.js";
import { t } from "../../i18n.js";
import { plotParts } from "../../lazy.js";
import { sayings } from "../../reading/fill.js";
import { askable } from "../../single.js";
import { submit } from "../../submit.js";
import { attempt } from "../dialog.js";
import { toast } from "../toasts.js";

/**
 * A button that asks for a file.
 * @param {{label: string, sign: string, accept: string, take: (file: File) => void}} spec `label`: key of the locale
 */
export function fileButton({ label, sign, accept, take }) {
  const file = h("input", { type: "file", accept, hidden: true, tLabel: label });
  file.addEventListener("change", () => {
    const [chosen] = file.files;
    file.value = "";
    if (chosen) take(chosen);
  });
  const button = h("button", { type: "button", class: "button whole", tTitle: `hint.${label}`, onclick: () => file.click() }, icon(sign), h("span", { t: label }));
  return h("div", {}, button, file);
}

/** Makes what a file says once more, whatever the form says: every request in it, each a job of its own. */
export const runButton = () => fileButton({
  label: "run", sign: "restart", accept: "image/png,application/json,.json", take: async (file) => {
    const { records } = await sayings(file);
    const able = records.filter((record) => !record.init_image_file || record.init_image);
    if (records.length === 0) toast(t("run.none"));
    else if (able.length === 0) toast(t("run.picture"));
    else runAll(able, records.length);
  },
});

/**
 * One after the other, until the server takes no more; what stopped it stands in the form.
 * @param {any[]} records
 * @param {number} all how many the file has
 */
async function runAll(records, all) {
  let taken = 0;
  for (const record of records) {
    if (!await submit(askable(record), { width: record.width, height: record.height })) break;
    taken += 1;
  }
  if (all > 1) toast(t(taken < all ? "run.some" : "run.all", { n: taken, all }));
}

/** Makes one picture of each line of a file, with the form's other settings. */
export const promptsButton = () => fileButton({
  label: "prompts", sign: "plus", accept: "text/plain,.txt", take: async (file) => {
    const values = await file.text();
    const { lay } = await plotParts();
    attempt(() => lay({ ...request(), x: { axis: "Prompts", values } }));
  },
});
