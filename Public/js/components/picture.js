/**
 * Pictures that never flash: a new one is decoded before it takes the old one's place, and a small one is
 * enlarged with a better filter than browsers use for `<img>`.
 */
import { h } from "../dom.js";

/**
 * Shows `src` in `box`.
 * @param {HTMLElement} box
 * @param {string} src
 * @param {string} alt
 * @returns {Promise<void>} when it is seen, or has failed
 */
export async function showPicture(box, src, alt) {
  const shown = box.querySelector("img");
  if (box.dataset.src === src) {
    if (shown) shown.alt = alt;
    return;
  }
  box.dataset.src = src;
  const image = h("img", { alt, src, decoding: "async", draggable: "true" });
  try {
    await image.decode();
  } catch {
    if (box.dataset.src === src) delete box.dataset.src;
    return;
  }
  if (box.dataset.src !== src) return;
  box.replaceChildren(image);
  const scale = image.clientWidth / image.naturalWidth;
  // A preview has a pixel for every eight of the picture: softened, its grid does not show.
  if (image.naturalWidth < 96 && scale > 3) {
    image.style.filter = `blur(${(scale * 0.4).toFixed(1)}px)`;
    // Its soft edges stay outside.
    image.style.transform = "scale(1.06)";
  } else sharpen(box, image);
}

/**
 * Takes the picture away.
 * @param {HTMLElement} box
 */
export function clearPicture(box) {
  delete box.dataset.src;
  box.replaceChildren();
}

/**
 * Lays a finer enlargement over an image shown at more than its own size. The image stays beneath it for
 * saving, dragging and screen readers.
 * @param {HTMLElement} box
 * @param {HTMLImageElement} image
 */
async function sharpen(box, image) {
  const wide = Math.min(2048, Math.round(image.clientWidth * devicePixelRatio));
  if (!image.naturalWidth || wide < image.naturalWidth * 1.3) return;
  const tall = Math.round((wide * image.naturalHeight) / image.naturalWidth);
  try {
    const bitmap = await createImageBitmap(image, { resizeWidth: wide, resizeHeight: tall, resizeQuality: "high" });
    if (!image.isConnected) return;
    const canvas = h("canvas", { width: wide, height: tall, "aria-hidden": "true", class: "sharp" });
    canvas.getContext("bitmaprenderer")?.transferFromImageBitmap(bitmap);
    box.append(canvas);
  } catch {
    // The browser's own enlargement stays.
  }
}

/**
 * Soft neutral noise, the way a picture begins.
 * @param {number} width
 * @param {number} height
 * @param {number} seed
 */
export function grain(width, height, seed) {
  const down = Math.max(4, Math.round((28 * height) / width));
  const canvas = h("canvas", { class: "grain", width: 28, height: down, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  const dots = context?.createImageData(28, down);
  if (!dots) return canvas;
  let state = seed >>> 0 || 1;
  for (let at = 0; at < dots.data.length; at += 4) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    dots.data[at] = dots.data[at + 1] = dots.data[at + 2] = 128;
    dots.data[at + 3] = (state >>> 24) / 6;
  }
  context?.putImageData(dots, 0, 0);
  return canvas;
}
