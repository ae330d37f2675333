/**
 * Masks as they are seen and as they are sent: painted in a colour over the picture, white on black in files.
 */

/** A colour that few pictures have; the same on light and dark pages, for it lies on neither. */
export const colour = [233, 44, 150];

/**
 * Draws a mask's file as colour: where it is white, all of it.
 * @param {HTMLCanvasElement} canvas gets the picture's size, at most `longest` on its longer side
 * @param {string} address
 * @param {number} longest pixels
 */
export async function drawMask(canvas, address, longest) {
  const image = new Image();
  image.src = address;
  await image.decode();
  const scale = Math.min(1, longest / Math.max(image.naturalWidth, image.naturalHeight));
  canvas.width = Math.max(1, Math.round(image.naturalWidth * scale));
  canvas.height = Math.max(1, Math.round(image.naturalHeight * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return;
  context.drawImage(image, 0, 0, canvas.width, canvas.height);
  const dots = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < dots.data.length; at += 4) {
    dots.data[at + 3] = (dots.data[at] * dots.data[at + 3]) / 255;
    [dots.data[at], dots.data[at + 1], dots.data[at + 2]] = colour;
  }
  context.putImageData(dots, 0, 0);
}

/**
 * The painted colour as a mask's file; null where nothing is painted.
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob|null>}
 */
export async function maskFile(canvas) {
  const { width, height } = canvas;
  const copy = new OffscreenCanvas(width, height);
  const context = copy.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(canvas, 0, 0);
  const dots = context.getImageData(0, 0, width, height);
  let painted = 0;
  for (let at = 0; at < dots.data.length; at += 4) {
    const value = dots.data[at + 3];
    painted = Math.max(painted, value);
    dots.data[at] = dots.data[at + 1] = dots.data[at + 2] = value;
    dots.data[at + 3] = 255;
  }
  if (painted === 0) return null;
  context.putImageData(dots, 0, 0);
  return copy.convertToBlob({ type: "image/png" });
}
