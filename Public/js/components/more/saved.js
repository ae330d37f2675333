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

/** Makes what a file says once more, whatever the form says. */
export const runButton = () => fileButton({
  label: "run", sign: "restart", accept: "image/png,application/json,.json", take: async (file) => {
    const { record } = await sayings(file);
    if (!record) toast(t("run.none"));
    else if (record.init_image_file && !record.init_image) toast(t("run.picture"));
    else submit(askable(record), { width: record.width, height: record.height });
  },
});

/** Makes one picture of each line of a file, with the form's other settings. */
export const promptsButton = () => fileButton({
  label: "prompts", sign: "plus", accept: "text/plain,.txt", take: async (file) => {
    const values = await file.text();
    const { lay } = await plotParts();
    attempt(() => lay({ ...request(), x: { axis: "Prompts", values } }));
  },
});
