/**
 * The whole table as one picture, with every axis written on it. It is drawn here and not by the server: a browser has
 * the letters of every language, and the server decodes no pictures.
 */
import { imageURL } from "../../api.js";
import { download } from "../../download.js";
import { store } from "../../state.js";
import { currentPlan } from "./plan.js";

const margin = 8;
/** Longest side of the picture. */
const longest = 8192;
/** Lines of one label. */
const mostLines = 6;

/**
 * Draws it and offers it as a file.
 * @param {(axis: import("./plan.js").Axis, at: number) => string} label
 */
export async function savePicture(label) {
  const plan = currentPlan();
  if (!plan) return;
  const pictures = await loaded(plan.cells);
  const wide = Math.max(...[...pictures.values()].map(({ width }) => width));
  const tall = Math.max(...[...pictures.values()].map(({ height }) => height));
  const canvas = drawn(plan, { wide, tall, pictures }, label);
  download(await canvas.convertToBlob({ type: "image/png" }), "atelier-plot.png");
}

/**
 * @param {import("./plan.js").Plan} plan
 * @param {{wide: number, tall: number, pictures: Map<import("./plan.js").Cell, ImageBitmap>}} shown
 * @param {(axis: import("./plan.js").Axis, at: number) => string} label
 */
function drawn({ x: across, y: down, z: deep }, { wide, tall, pictures }, label) {
  const letters = Math.max(14, Math.round(wide / 18));
  const measure = /** @type {any} */ (new OffscreenCanvas(1, 1).getContext("2d"));
  measure.font = font(letters);
  const columns = across?.labels.length ?? 1;
  const lines = {
    x: across?.labels.map((_, at) => broken(measure, label(across, at), wide)) ?? [],
    y: down?.labels.map((_, at) => broken(measure, label(down, at), letters * 9)) ?? [],
    z: deep?.labels.map((_, at) => broken(measure, label(deep, at), columns * wide)) ?? [],
  };
  const height = (/** @type {string[][]} */ labels) => (labels.length > 0 ? (Math.max(...labels.map(({ length }) => length)) + 1) * letters * 1.2 : 0);
  const [left, title, above] = [down ? letters * 10 : 0, height(lines.z), height(lines.x)];
  const table = title + above + Math.max(lines.y.length, 1) * (tall + margin);
  const whole = { width: left + columns * (wide + margin), height: Math.max(lines.z.length, 1) * table };
  const scale = Math.min(1, longest / Math.max(whole.width, whole.height));
  const canvas = new OffscreenCanvas(Math.ceil(whole.width * scale), Math.ceil(whole.height * scale));
  const context = /** @type {any} */ (canvas.getContext("2d"));
  context.scale(scale, scale);
  context.fillStyle = "white";
  context.fillRect(0, 0, whole.width, whole.height);
  Object.assign(context, { fillStyle: "black", font: font(letters), textAlign: "center", textBaseline: "middle" });
  const write = (/** @type {string[]} */ text, /** @type {number} */ x, /** @type {number} */ y) =>
    text.forEach((line, at) => context.fillText(line, x, y + (at - (text.length - 1) / 2) * letters * 1.2));
  for (let z = 0; z < Math.max(lines.z.length, 1); z += 1) {
    if (deep) write(lines.z[z], whole.width / 2, z * table + title / 2);
    lines.x.forEach((text, x) => write(text, left + x * (wide + margin) + wide / 2, z * table + title + above / 2));
    lines.y.forEach((text, y) => write(text, left / 2, z * table + title + above + y * (tall + margin) + tall / 2));
  }
  for (const [{ x, y, z }, picture] of pictures) {
    const place = { left: left + x * (wide + margin), top: z * table + title + above + y * (tall + margin) };
    context.drawImage(picture, place.left + (wide - picture.width) / 2, place.top + (tall - picture.height) / 2);
  }
  return canvas;
}

/** @param {number} size */
const font = (size) => `${size}px system-ui, sans-serif`;

/**
 * Text in lines that are no wider, broken at spaces, words that are too long anywhere.
 * @param {{measureText: (text: string) => {width: number}}} context
 * @param {string} text
 * @param {number} width
 */
function broken(context, text, width) {
  const fits = (/** @type {string} */ line) => context.measureText(line).width <= width;
  /** @type {string[]} */
  const lines = [];
  let line = "";
  for (const word of text.split(/\s+/)) {
    if (line && fits(`${line} ${word}`)) {
      line += ` ${word}`;
      continue;
    }
    if (line) lines.push(line);
    line = "";
    for (const letter of word) {
      if (line && !fits(line + letter)) {
        lines.push(line);
        line = "";
      }
      line += letter;
    }
  }
  if (line) lines.push(line);
  return lines.length > mostLines ? [...lines.slice(0, mostLines - 1), "…"] : lines;
}

/**
 * The pictures there are, by cell.
 * @param {import("./plan.js").Cell[]} cells
 */
async function loaded(cells) {
  /** @type {Map<import("./plan.js").Cell, ImageBitmap>} */
  const pictures = new Map();
  for (const cell of cells) {
    const image = store.state.jobs.get(cell.job)?.images[0];
    if (!image) continue;
    const answer = await fetch(imageURL(image.id));
    if (answer.ok) pictures.set(cell, await createImageBitmap(await answer.blob()));
  }
  return pictures;
}
