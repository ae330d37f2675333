/**
 * The editor of masks: the picture as large as the window, a brush, and what was painted shining over it.
 */
import { APIError } from "../../api.js";
import { keep } from "../../blobs.js";
import { h, iconButton, setText } from "../../dom.js";
import { change } from "../../form.js";
import { t } from "../../i18n.js";
import { load, save } from "../../prefs.js";
import { errorText } from "../../submit.js";
import { upload } from "../../uploads.js";
import { drawMask, maskFile } from "../source/tint.js";
import { toast } from "../toasts.js";
import { hands } from "./hands.js";
import { painting } from "./painting.js";
import { sight } from "./sight.js";

/** Longest side of a mask; the worker brings it to the picture's size. */
const longest = 2048;

/**
 * Opens the editor; what is painted becomes the request's mask.
 * @param {{source: {width: number, height: number}, address: string, before: string|null}} what `address`: of the
 *   picture; `before`: of the mask as it was
 */
export async function editMask({ source, address, before }) {
  const scale = Math.min(1, longest / Math.max(source.width, source.height));
  const width = Math.max(1, Math.round(source.width * scale));
  const height = Math.max(1, Math.round(source.height * scale));
  const canvas = h("canvas", { width, height, class: "mask-paint", "aria-hidden": "true" });
  if (before) await drawMask(canvas, before, longest);
  const ring = h("i", { class: "mask-ring" });
  const frame = h("div", { class: "mask-frame" }, h("img", { src: address, alt: "", draggable: "false" }), canvas, ring);
  const stage = h("div", { class: "mask-stage", tabindex: 0, role: "application", tLabel: "mask.keys" }, frame);
  const dialog = h("dialog", { class: "full mask", tLabel: "mask.paint" });
  (document.querySelector("main") ?? document.body).append(dialog);
  const tools = toolbar(dialog, canvas);
  dialog.append(tools.node, stage, h("div", { class: "toasts", role: "status" }));
  dialog.showModal();
  const view = sight(stage, frame, { width, height });
  const brush = makeBrush(canvas, ring, view, tools);
  hands(stage, view, brush);
  tools.use(brush, view);
  keys(dialog, stage, brush, view, tools);
  stage.focus();
  dialog.addEventListener("close", () => {
    view.end();
    dialog.remove();
    document.getElementById("field-mask")?.focus();
  });
}

/** @typedef {ReturnType<typeof makeBrush>} Brush */

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLElement} ring shows where it is and how wide
 * @param {ReturnType<typeof sight>} view
 * @param {ReturnType<typeof toolbar>} tools
 */
function makeBrush(canvas, ring, view, tools) {
  const paper = painting(canvas, () => tools.update());
  /** @type {[number, number]} */
  let at = [canvas.width / 2, canvas.height / 2];
  const show = () => {
    const side = tools.size() * view.scale();
    ring.style.width = ring.style.height = `${side}px`;
    ring.style.transform = `translate(${at[0] * view.scale() - side / 2}px, ${at[1] * view.scale() - side / 2}px)`;
  };
  return {
    paper,
    show,
    at: () => at,
    size: tools.size,
    erases: tools.erases,
    /**
     * @param {number} x
     * @param {number} y
     */
    point(x, y) {
      at = [Math.min(canvas.width, Math.max(0, x)), Math.min(canvas.height, Math.max(0, y))];
      show();
    },
    /**
     * @param {number} x
     * @param {number} y
     * @param {number} size
     * @param {boolean} erase
     */
    begin: (x, y, size, erase) => paper.add({ kind: "stroke", erase, points: [[x, y, size]] }),
    /**
     * @param {number} x
     * @param {number} y
     * @param {number} size
     */
    go: (x, y, size) => paper.extend([x, y, size]),
    drop: () => paper.drop(),
    end: () => tools.update(),
  };
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLCanvasElement} canvas
 */
function toolbar(dialog, canvas) {
  const most = Math.max(canvas.width, canvas.height) / 2;
  let isErasing = false;
  /** @type {Brush} */
  let brush;
  /** @type {ReturnType<typeof sight>} */
  let view;
  const size = h("input", { type: "range", class: "slider", min: 1, max: 100, step: 1, tLabel: "mask.size", tTitle: "mask.size" });
  size.value = String(load("brush", 40));
  const grow = () => {
    save("brush", Number(size.value));
    size.style.setProperty("--fill", `${size.value}%`);
    brush?.show();
  };
  size.addEventListener("input", grow);
  grow();
  const pick = (/** @type {boolean} */ erase) => {
    isErasing = erase;
    paints.setAttribute("aria-pressed", String(!erase));
    erases.setAttribute("aria-pressed", String(erase));
  };
  const segment = { class: "segment" };
  const paints = iconButton("brush", "mask.brush", () => pick(false), segment);
  const erases = iconButton("eraser", "mask.erase", () => pick(true), segment);
  const undo = iconButton("undo", "mask.undo", () => brush.paper.undo());
  const redo = iconButton("redo", "mask.redo", () => brush.paper.redo());
  const label = h("span", { t: "mask.done" });
  const finish = h("button", { type: "button", class: "button primary", onclick: () => send(dialog, canvas, finish, label) }, label);
  pick(false);
  const node = h(
    "div", { class: "mask-bar" }, iconButton("close", "cancel", () => dialog.close()),
    h("div", { class: "segments", role: "group", tLabel: "mask.tool" }, paints, erases), size,
    h("div", { class: "mask-tools" }, undo, redo, iconButton("invert", "mask.invert", () => brush.paper.add({ kind: "invert" })),
      iconButton("trash", "mask.clear", () => brush.paper.add({ kind: "clear" })),
      iconButton("minus", "mask.out", () => view.zoom(1 / 1.5)), iconButton("plus", "mask.in", () => view.zoom(1.5)),
      iconButton("fit", "mask.fit", () => view.fit())),
    finish);
  return {
    node,
    pick,
    finish,
    erases: () => isErasing,
    // A slider's lower half is for fine work.
    size: () => Math.max(1, (Number(size.value) / 100) ** 2 * most),
    /** @param {number} by */
    widen(by) {
      size.value = String(Number(size.value) + by);
      grow();
    },
    /**
     * @param {Brush} ownBrush
     * @param {ReturnType<typeof sight>} ownView
     */
    use(ownBrush, ownView) {
      brush = ownBrush;
      view = ownView;
      this.update();
    },
    update() {
      undo.setAttribute("aria-disabled", String(!brush.paper.canUndo()));
      redo.setAttribute("aria-disabled", String(!brush.paper.canRedo()));
      brush.show();
    },
  };
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {HTMLElement} stage
 * @param {Brush} brush
 * @param {ReturnType<typeof sight>} view
 * @param {ReturnType<typeof toolbar>} tools
 */
function keys(dialog, stage, brush, view, tools) {
  /** @type {Record<string, () => void>} */
  const deeds = {
    e: () => tools.pick(!tools.erases()), i: () => brush.paper.add({ kind: "invert" }), "[": () => tools.widen(-2),
    "]": () => tools.widen(2), Delete: () => brush.paper.add({ kind: "clear" }), "+": () => view.zoom(1.25),
    "-": () => view.zoom(0.8), 0: () => view.fit(),
  };
  const ways = /** @type {Record<string, [number, number]>} */ ({
    ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1],
  });
  dialog.addEventListener("keydown", (event) => {
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (event.ctrlKey || event.metaKey) {
      if (key === "z") event.shiftKey ? brush.paper.redo() : brush.paper.undo();
      else if (key === "y") brush.paper.redo();
      else return;
    } else if (event.target === stage && ways[key]) walk(ways[key], event.shiftKey, brush);
    else if (event.target === stage && (key === " " || key === "Enter")) brush.begin(...brush.at(), brush.size(), brush.erases());
    else if (deeds[key]) deeds[key]();
    else return;
    event.preventDefault();
  });
}

/**
 * Moves the brush by keys; with Shift it paints on its way.
 * @param {[number, number]} way
 * @param {boolean} paints
 * @param {Brush} brush
 */
function walk([across, down], paints, brush) {
  const step = Math.max(1, brush.size() / 4);
  const [x, y] = brush.at();
  brush.point(x + across * step, y + down * step);
  if (!paints) return;
  brush.begin(x, y, brush.size(), brush.erases());
  brush.go(...brush.at(), brush.size());
}

/**
 * Sends what was painted, and closes when it has arrived.
 * @param {HTMLDialogElement} dialog
 * @param {HTMLCanvasElement} canvas
 * @param {HTMLButtonElement} button
 * @param {HTMLElement} label
 */
async function send(dialog, canvas, button, label) {
  button.disabled = true;
  setText(label, t("source.sending"));
  try {
    const blob = await maskFile(canvas);
    if (!blob) change({ mask: undefined });
    else {
      const { id } = await upload(blob);
      await keep(id, blob);
      change({ mask: id });
    }
    dialog.close();
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    toast(errorText(error));
  } finally {
    button.disabled = false;
    setText(label, t("mask.done"));
  }
}
