/**
 * What was painted, as a list of deeds: each can be taken back and done again.
 */
import { colour } from "../source/tint.js";

/**
 * @typedef {{kind: "stroke", erase: boolean, points: [number, number, number][]}} Stroke
 *   points: x, y and the brush's width there, in the picture's pixels
 * @typedef {Stroke | {kind: "invert"} | {kind: "clear"}} Deed
 */

/** Deeds that can be taken back; older ones become part of the ground. */
const most = 100;

/**
 * @param {HTMLCanvasElement} canvas painted on as it is: that is what nothing can be taken back from
 * @param {() => void} onchange
 */
export function painting(canvas, onchange) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const ground = new OffscreenCanvas(canvas.width, canvas.height);
  const groundContext = /** @type {any} */ (ground.getContext("2d"));
  groundContext.drawImage(canvas, 0, 0);
  /** @type {Deed[]} */
  const done = [];
  /** @type {Deed[]} */
  let undone = [];

  function redraw() {
    context.globalCompositeOperation = "copy";
    context.drawImage(ground, 0, 0);
    for (const deed of done) carryOut(context, deed);
    onchange();
  }

  return {
    canUndo: () => done.length > 0,
    canRedo: () => undone.length > 0,
    /** @param {Deed} deed */
    add(deed) {
      done.push(deed);
      undone = [];
      if (done.length > most) carryOut(groundContext, /** @type {Deed} */ (done.shift()));
      carryOut(context, deed);
      onchange();
    },
    /**
     * Goes on with the last stroke.
     * @param {[number, number, number]} point
     */
    extend(point) {
      const stroke = done[done.length - 1];
      if (stroke?.kind !== "stroke") return;
      stroke.points.push(point);
      carryOut(context, { ...stroke, points: stroke.points.slice(-2) });
    },
    undo() {
      const deed = done.pop();
      if (!deed) return;
      undone.push(deed);
      redraw();
    },
    redo() {
      const deed = undone.pop();
      if (!deed) return;
      done.push(deed);
      redraw();
    },
    /** Takes back what was begun by mistake, as if it had never been. */
    drop() {
      done.pop();
      redraw();
    },
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Deed} deed
 */
function carryOut(context, deed) {
  const { width, height } = context.canvas;
  context.fillStyle = context.strokeStyle = `rgb(${colour.join()})`;
  if (deed.kind === "clear") context.clearRect(0, 0, width, height);
  else if (deed.kind === "invert") {
    context.globalCompositeOperation = "source-out";
    context.fillRect(0, 0, width, height);
  } else {
    context.globalCompositeOperation = deed.erase ? "destination-out" : "source-over";
    context.lineCap = context.lineJoin = "round";
    let [x, y] = deed.points[0];
    for (const [toX, toY, wide] of deed.points) {
      context.lineWidth = wide;
      context.beginPath();
      context.moveTo(x, y);
      // A line of no length is not drawn everywhere.
      context.lineTo(toX + 0.01, toY);
      context.stroke();
      [x, y] = [toX, toY];
    }
  }
  context.globalCompositeOperation = "source-over";
}
