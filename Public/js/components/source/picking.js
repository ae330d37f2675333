/**
 * A picture to start from: chosen, made to fit what the server takes, sent, remembered.
 */
import { APIError } from "../../api.js";
import { grown, sizeLike } from "../../aspects.js";
import { keep } from "../../blobs.js";
import { change, defaults, limits, mode, modes } from "../../form.js";
import { t } from "../../i18n.js";
import { store } from "../../state.js";
import { errorText } from "../../submit.js";
import { upload } from "../../uploads.js";
import { toast } from "../toasts.js";
import "./texts.js";

/** What the server reads. */
const kinds = new Set(["image/png", "image/jpeg", "image/webp"]);
/** Longest side of a picture that had to be written anew. */
const longest = 4096;

/** @type {Promise<void>} the picture under way, or the last that was */
let underWay = Promise.resolve();
/** Counts what was chosen: only the newest is taken. */
let turn = 0;

/** Resolves when nothing is on its way any more. */
export const arrived = () => underWay;

/**
 * Takes a file as the picture to start from, and goes to a mode that starts from one. What was chosen before stays
 * until it has arrived.
 * @param {Blob} file
 */
export function takeFile(file) {
  turn += 1;
  store.set({ upload: { fraction: 0 } });
  underWay = send(file, turn);
  return underWay;
}

/**
 * Starts from a picture the server has already.
 * @param {{id: string, width: number, height: number}} picture
 * @param {string} [wanted] mode
 */
export function startFrom(picture, wanted) {
  turn += 1;
  store.set({ upload: null });
  change({ mask: undefined, mode: wanted ?? startingMode(), ...startSize(picture) });
}

/** The mode that is, if it starts from a picture, else the first that does. */
function startingMode() {
  const there = modes().filter((name) => name !== "txt2img");
  return there.includes(mode()) ? mode() : there[0];
}

/** @param {{id: string, width: number, height: number}} picture */
function startSize({ id, width, height }) {
  return { source: { id, width, height }, ...fittingSize({ width, height }) };
}

/**
 * The size that goes with a source and with what it grows by.
 * @param {{width: number, height: number}} source
 */
export function fittingSize(source) {
  return { shape: "custom", ...sizeLike(grown(source, store.state.settings), defaults(), limits()) };
}

/**
 * @param {Blob} file
 * @param {number} mine
 */
async function send(file, mine) {
  try {
    const { blob, width, height } = await fitted(file);
    if (mine === turn) change({ mode: startingMode() });
    const { id } = await upload(blob, (fraction) => {
      if (mine === turn) store.set({ upload: { fraction } });
    });
    await keep(id, blob);
    if (mine !== turn) return;
    store.set({ upload: null });
    change({ mask: undefined, ...startSize({ id, width, height }) });
  } catch (error) {
    if (mine !== turn) return;
    if (!(error instanceof APIError) && !(error instanceof Unreadable)) console.error(error);
    const said = error instanceof APIError ? errorText(error) : t("source.unreadable");
    store.set({ upload: mode() === "txt2img" ? null : { fraction: 0, error: said } });
    if (!store.state.upload) toast(said);
  }
}

/** The browser cannot show it, so nobody can choose it. */
class Unreadable extends Error {}

/**
 * The file as it is where the server takes it so; else written anew, and smaller if it is too large.
 * @param {Blob} file
 * @returns {Promise<{blob: Blob, width: number, height: number}>}
 */
async function fitted(file) {
  const picture = await createImageBitmap(file).catch(() => null);
  if (!picture) throw new Unreadable();
  const most = limits().upload_bytes ?? 16 << 20;
  const { width, height } = picture;
  if (kinds.has(file.type) && file.size <= most && Math.max(width, height) <= longest) return { blob: file, width, height };
  const scale = Math.min(1, longest / Math.max(width, height));
  const size = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext("2d");
  if (context) context.imageSmoothingQuality = "high";
  context?.drawImage(picture, 0, 0, size.width, size.height);
  let blob = await canvas.convertToBlob({ type: "image/png" });
  if (blob.size > most) blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.95 });
  return { blob, ...size };
}
