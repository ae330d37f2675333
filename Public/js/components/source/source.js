/**
 * The picture to start from, what of it is to change, and how far to go from it.
 */
import { h, icon, iconButton, setText } from "../../dom.js";
import { change, extraParameters, mode } from "../../form.js";
import { t } from "../../i18n.js";
import { maskParts } from "../../lazy.js";
import { store } from "../../state.js";
import { errorFor } from "../controls.js";
import { fold } from "../fold.js";
import { toast } from "../toasts.js";
import { inPlace } from "../more/groups.js";
import { parameterRow } from "../more/parameter.js";
import "../more/texts.js";
import { addressOf } from "./addresses.js";
import { fittingSize, takeFile } from "./picking.js";
import { drawMask } from "./tint.js";
import "./texts.js";

export { arrived, startFrom, takeFile } from "./picking.js";

/** Everything between the choice of the mode and the prompt. */
export function sourcePanel() {
  const rows = h("div", { class: "knobs" });
  let built = "";
  let end = () => {};
  store.on(["capabilities", "settings", "lang"], () => {
    const wanted = extraParameters().filter(({ name }) => inPlace(name, mode()));
    const key = JSON.stringify([wanted, mode(), store.state.lang, store.state.capabilities?.upscalers]);
    if (key === built) return;
    built = key;
    end();
    const scope = store.scoped(() => parameterRows(wanted));
    end = scope.end;
    rows.replaceChildren(...scope.made);
  });
  return h("div", { class: "source" }, well(), errorFor("init_image"), maskRow(), rows);
}

/** @param {import("../../types.js").Parameter[]} wanted */
function parameterRows(wanted) {
  const foremost = (/** @type {{name: string}} */ { name }) => name === "strength" || /^(upscale|loopback)/.test(name);
  const grows = (/** @type {{name: string}} */ { name }) => name.startsWith("outpaint_");
  const growing = h("div", { class: "knobs", onchange: followGrowth }, ...wanted.filter(grows).map(parameterRow));
  /** @param {string} name @param {HTMLElement[]} nodes */
  const folded = (name, nodes) => (nodes.some((node) => node.childElementCount > 0)
    ? [fold({ name: `source.${name}`, label: `source.${name}` }, (body) => body.append(...nodes))] : []);
  return [
    ...wanted.filter(foremost).map(parameterRow),
    ...folded(mode() === "inpaint" ? "masking" : "fitting", wanted.filter((entry) => !foremost(entry) && !grows(entry)).map(parameterRow)),
    ...folded("grow", [growing]),
  ];
}

/** A picture that grows needs a size that holds what is added. */
function followGrowth() {
  const { source } = store.state.settings;
  if (source) change(fittingSize(source));
}

/** Where the picture is put, by file, by paste, by letting it go; and where it is seen. */
function well() {
  const file = h("input", { type: "file", accept: "image/*", hidden: true, tLabel: "source.choose" });
  file.addEventListener("change", () => {
    if (file.files[0]) takeFile(file.files[0]);
    file.value = "";
  });
  const choose = () => file.click();
  const text = h("span");
  const empty = h("button", { type: "button", class: "well-empty", id: "field-init_image", onclick: choose }, icon("picture"), text);
  const image = h("img", { class: "well-picture", draggable: "false" });
  const cover = h("canvas", { class: "well-mask", "aria-hidden": "true" });
  const size = h("span", { class: "well-size" });
  const full = h(
    "div", { class: "well-full" }, h("div", { class: "well-frame" }, image, cover), h("div", { class: "well-bar" }, size,
      iconButton("picture", "source.other", choose), iconButton("close", "source.remove", () => {
        change({ source: undefined, mask: undefined });
        empty.focus();
      })));
  const bar = h("div", { class: "progress", role: "progressbar", tLabel: "source.sending", "aria-valuemin": 0, "aria-valuemax": 100 }, h("i"));
  const trouble = h("p", { class: "error", role: "alert" });
  const node = h("div", { class: "well", "data-drop": "source" }, file, empty, full, bar, trouble);

  store.on(["settings", "upload", "lang"], () => {
    const { upload, settings } = store.state;
    const { source } = settings;
    image.alt = t("source");
    full.hidden = !source;
    empty.hidden = Boolean(source);
    setText(text, t(upload && !upload.error ? "source.sending" : "source.choose.long"));
    bar.hidden = !upload || Boolean(upload.error);
    bar.dataset.on = "known";
    bar.firstElementChild?.style.setProperty("--done", String(upload?.fraction ?? 0));
    bar.setAttribute("aria-valuenow", String(Math.round((upload?.fraction ?? 0) * 100)));
    setText(trouble, upload?.error ?? "");
    trouble.hidden = !upload?.error;
    setText(size, source ? `${source.width} × ${source.height}` : "");
  });
  showSource(image, cover);
  return node;
}

/**
 * Follows the source and its mask.
 * @param {HTMLImageElement} image
 * @param {HTMLCanvasElement} cover
 */
function showSource(image, cover) {
  let shown = "";
  let masked = "";
  image.addEventListener("load", () => {
    const { source } = store.state.settings;
    const { naturalWidth: width, naturalHeight: height } = image;
    // Parameters taken over from a picture do not say how large its source was.
    if (source?.id === shown && (source.width !== width || source.height !== height)) change({ source: { ...source, width, height } });
  });
  store.on(["settings"], async () => {
    const { source, mask } = store.state.settings;
    if (source && source.id !== shown) {
      shown = source.id;
      const address = await addressOf(source.id);
      if (shown !== source.id) return;
      if (address) image.src = address;
      else {
        change({ source: undefined, mask: undefined });
        toast(t("source.gone"));
      }
    }
    if (!source) shown = "";
    const wanted = mode() === "inpaint" && mask ? mask : "";
    cover.hidden = !wanted;
    if (!wanted || wanted === masked) return;
    masked = wanted;
    const address = await addressOf(wanted);
    if (address && masked === wanted) await drawMask(cover, address, 480);
  });
}

/** What is to change, painted in an editor of its own. */
function maskRow() {
  const label = h("span");
  const button = h("button", { type: "button", class: "button whole", id: "field-mask", onclick: openEditor }, icon("brush"), label);
  const error = errorFor("mask", button);
  store.on(["settings", "lang"], () => {
    const { source, mask } = store.state.settings;
    button.hidden = mode() !== "inpaint";
    button.disabled = !source;
    setText(label, t(mask ? "mask.change" : "mask.paint"));
  });
  return h("div", {}, button, error);
}

async function openEditor() {
  const { source, mask } = store.state.settings;
  if (!source) return;
  const [parts, address, before] = await Promise.all([maskParts(), addressOf(source.id), mask ? addressOf(mask) : null]);
  if (address) parts.editMask({ source, address, before });
}
