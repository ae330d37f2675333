/**
 * The whole table as one picture, with every axis written on it.
 */
import { imageURL } from "../../api.js";
import { h } from "../../dom.js";
import { store } from "../../state.js";
import { currentPlan } from "./plan.js";

const margin = 8;
/** Longest side of the picture. */
const longest = 8192;

/**
 * Draws it and offers it as a file.
 * @param {(axis: import("./plan.js").Axis, at: number) => string} label
 */
export async function savePicture(label) {
  const plan = currentPlan();
  if (!plan) return;
  const [across, down, deep] = plan.axes;
  const sizes = { x: across.values.length, y: down?.values.length ?? 1, z: deep?.values.length ?? 1 };
  const pictures = await loaded(plan.cells);
  const wide = Math.max(...[...pictures.values()].map(({ width }) => width));
  const tall = Math.max(...[...pictures.values()].map(({ height }) => height));
  const letters = Math.max(16, Math.round(wide / 20));
  const left = down ? letters * 9 : 0;
  const top = letters * (deep ? 5 : 3);
  const whole = { width: left + sizes.x * (wide + margin), height: sizes.z * (top + sizes.y * (tall + margin)) };
  const scale = Math.min(1, longest / Math.max(whole.width, whole.height));
  const canvas = new OffscreenCanvas(Math.ceil(whole.width * scale), Math.ceil(whole.height * scale));
  const context = /** @type {any} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  context.fillStyle = "white";
  context.fillRect(0, 0, whole.width, whole.height);
  context.fillStyle = "black";
  context.font = `${letters}px system-ui, sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  for (let z = 0; z < sizes.z; z += 1) {
    const above = z * (top + sizes.y * (tall + margin));
    if (deep) context.fillText(label(deep, z), left + (whole.width - left) / 2, above + letters * 1.5, whole.width - left);
    across.values.forEach((_, x) => context.fillText(label(across, x), left + x * (wide + margin) + wide / 2, above + top - letters * 1.5, wide));
    down?.values.forEach((_, y) => context.fillText(label(down, y), left / 2, above + top + y * (tall + margin) + tall / 2, left - margin));
  }
  for (const [cell, picture] of pictures) {
    const [x, y = 0, z = 0] = cell.at;
    const above = z * (top + sizes.y * (tall + margin)) + top;
    context.drawImage(picture, left + x * (wide + margin), above + y * (tall + margin));
  }
  const address = URL.createObjectURL(await canvas.convertToBlob({ type: "image/png" }));
  h("a", { href: address, download: "atelier-plot.png" }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/**
 * The pictures there are, by cell.
 * @param {import("./plan.js").Cell[]} cells
 */
async function loaded(cells) {
  /** @type {Map<import("./plan.js").Cell, ImageBitmap>} */
  const pictures = new Map();
  for (const cell of cells) {
    const image = cell.job ? store.state.jobs.get(cell.job)?.images[0] : undefined;
    if (!image) continue;
    const answer = await fetch(imageURL(image.id));
    if (answer.ok) pictures.set(cell, await createImageBitmap(await answer.blob()));
  }
  return pictures;
}
