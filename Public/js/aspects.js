/**
 * Picture shapes: sizes near a model's own area, in multiples it can take.
 */

/** The shapes offered, wide to tall. */
export const shapes = ["16:9", "3:2", "4:3", "1:1", "3:4", "2:3", "9:16"];

/**
 * The size of `shape` for a model: about its own area, sides multiples of 64 (8 for small models).
 * @param {string} shape such as "3:2"
 * @param {{width: number, height: number}} base the size the model was trained at
 * @param {{min_side: number, max_side: number, side_multiple: number}} limits
 * @returns {{width: number, height: number}}
 */
export function sizeOf(shape, base, limits) {
  if (shape === "1:1" && base.width === base.height) return { width: base.width, height: base.height };
  const [across, down] = shape.split(":").map(Number);
  const ratio = across / down;
  const area = base.width * base.height;
  const coarse = Math.min(base.width, base.height) >= 512 ? 64 : 8;
  const unit = Math.max(coarse, limits.side_multiple);
  const width = Math.sqrt(area * ratio);
  const height = Math.sqrt(area / ratio);
  let best = { width: base.width, height: base.height };
  let least = Infinity;
  for (const w of nearby(width, unit, limits)) {
    for (const h of nearby(height, unit, limits)) {
      const cost = 2 * Math.abs(Math.log(w / h / ratio)) + Math.abs(Math.log((w * h) / area));
      if (cost < least) {
        least = cost;
        best = { width: w, height: h };
      }
    }
  }
  return best;
}

/**
 * A source with what it grows by on its sides.
 * @param {{width: number, height: number}} source
 * @param {any} settings with `outpaint_left` and so on, in pixels
 */
export function grown({ width, height }, settings) {
  const by = (/** @type {string} */ side) => Number(settings[`outpaint_${side}`] ?? 0);
  return { width: width + by("left") + by("right"), height: height + by("top") + by("bottom") };
}

/**
 * The size to work at for a picture to start from: its own where the model is at home there, else its shape in the
 * model's own area.
 * @param {{width: number, height: number}} picture
 * @param {{width: number, height: number}} base
 * @param {{min_side: number, max_side: number, side_multiple: number}} limits
 */
export function sizeLike({ width, height }, base, limits) {
  const area = base.width * base.height;
  const here = width * height;
  const scale = here > area * 1.6 || here < area * 0.4 ? Math.sqrt(area / here) : 1;
  const side = (/** @type {number} */ length) => {
    const whole = Math.round((length * scale) / limits.side_multiple) * limits.side_multiple;
    return Math.min(limits.max_side, Math.max(limits.min_side, whole));
  };
  return { width: side(width), height: side(height) };
}

/**
 * The shape that gives exactly this size, or "custom".
 * @param {{width: number, height: number}} size
 * @param {{width: number, height: number}} base
 * @param {any} limits
 */
export function shapeOf(size, base, limits) {
  const same = shapes.find((shape) => {
    const other = sizeOf(shape, base, limits);
    return other.width === size.width && other.height === size.height;
  });
  return same ?? "custom";
}

/**
 * @param {number} side
 * @param {number} unit
 * @param {{min_side: number, max_side: number}} limits
 */
function nearby(side, unit, limits) {
  const low = Math.floor(side / unit) * unit;
  return [low, low + unit].filter((value) => value >= limits.min_side && value <= limits.max_side);
}
