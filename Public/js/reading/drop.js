/**
 * Files dropped on the page or pasted: read for their parameters, or taken as the picture to start from.
 */
import { toast } from "../components/toasts.js";
import { h, icon } from "../dom.js";
import { modes } from "../form.js";
import { t } from "../i18n.js";
import { sourceParts } from "../lazy.js";
import { fillFrom, sayings } from "./fill.js";

const canStart = () => modes().some((mode) => mode !== "txt2img");

/** Shows where a picture can be let go. */
export function showZones() {
  if (document.querySelector(".drop")) return;
  const zone = (/** @type {string} */ name, /** @type {string} */ sign) =>
    h("div", { class: "drop-zone", "data-drop": name }, icon(sign), h("span", { t: `drop.${name}` }));
  const node = h("div", { class: "drop" }, zone("read", "reuse"), canStart() ? zone("source", "picture") : null);
  const over = (/** @type {DragEvent} */ event) => {
    const under = event.target instanceof Element ? event.target.closest(".drop-zone") : null;
    for (const child of node.children) child.toggleAttribute("data-over", child === under);
  };
  const gone = (/** @type {DragEvent} */ event) => {
    if (event.type === "dragleave" && event.relatedTarget !== null) return;
    node.remove();
    removeEventListener("dragover", over);
    for (const type of leaving) removeEventListener(type, gone);
  };
  const leaving = /** @type {const} */ (["dragleave", "drop", "dragend"]);
  addEventListener("dragover", over);
  for (const type of leaving) addEventListener(type, gone);
  document.body.append(node);
}

/**
 * @param {File[]} files
 * @param {string} address what was dragged was this, perhaps a picture of the page's own
 * @param {string} zone `read`, `source`, or nothing where neither was meant
 */
export async function take(files, address, zone) {
  const own = /(?:\/api\/images\/|#\/image\/)([\w-]+)/.exec(address)?.[1];
  const file = own ? await fetched(own) : files.find(({ type }) => /^(image\/.*|application\/json|)$/.test(type));
  if (!file) {
    toast(t("drop.none"));
    return;
  }
  const start = async () => {
    const source = await sourceParts();
    if (own) source.startFrom({ id: own, ...(await dimensions(file)) });
    else source.takeFile(file);
  };
  if (zone === "source") {
    start();
    return;
  }
  const said = await sayings(file);
  const speaks = Boolean(said.parameters || said.records.length > 0);
  if (speaks) fillFrom(said);
  else if (zone === "read" || !canStart() || !file.type.startsWith("image/")) toast(t("read.none"));
  else start();
}

/** @param {Blob} file */
async function dimensions(file) {
  const { width, height } = await createImageBitmap(file);
  return { width, height };
}

/** @param {string} id of a picture of one's own */
async function fetched(id) {
  const answer = await fetch(`/api/images/${encodeURIComponent(id)}`);
  return answer.ok ? answer.blob() : undefined;
}
