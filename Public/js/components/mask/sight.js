/**
 * How much of a picture is seen and how large: fitted, drawn nearer, moved about.
 */

const nearest = 16;

/**
 * @param {HTMLElement} stage what looks on
 * @param {HTMLElement} frame what is moved: the picture in `width` × `height` of its own pixels
 * @param {{width: number, height: number}} picture
 */
export function sight(stage, frame, { width, height }) {
  let scale = 1;
  let left = 0;
  let top = 0;
  let isFitted = true;

  function place() {
    frame.style.width = `${width * scale}px`;
    frame.style.height = `${height * scale}px`;
    frame.style.transform = `translate(${left}px, ${top}px)`;
  }

  /** The scale at which all of it is seen. */
  const whole = () => Math.min(stage.clientWidth / width, stage.clientHeight / height) * 0.96 || 1;

  function fit() {
    isFitted = true;
    scale = whole();
    left = (stage.clientWidth - width * scale) / 2;
    top = (stage.clientHeight - height * scale) / 2;
    place();
  }

  /**
   * Some of it always stays in sight.
   * @param {number} at
   * @param {number} length
   * @param {number} room
   */
  const kept = (at, length, room) => Math.min(room - 48, Math.max(48 - length, at));

  const observer = new ResizeObserver(() => (isFitted ? fit() : place()));
  observer.observe(stage);
  return {
    fit,
    /**
     * @param {number} factor
     * @param {number} [x] stays where it is, in the stage's pixels; the middle if absent
     * @param {number} [y]
     */
    zoom(factor, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
      const now = Math.min(nearest, Math.max(whole() * 0.5, scale * factor));
      left = kept(x - ((x - left) * now) / scale, width * now, stage.clientWidth);
      top = kept(y - ((y - top) * now) / scale, height * now, stage.clientHeight);
      scale = now;
      isFitted = false;
      place();
    },
    /**
     * @param {number} x
     * @param {number} y
     */
    move(x, y) {
      left = kept(left + x, width * scale, stage.clientWidth);
      top = kept(top + y, height * scale, stage.clientHeight);
      isFitted = false;
      place();
    },
    scale: () => scale,
    /**
     * A point of the stage in the picture's pixels.
     * @param {number} x
     * @param {number} y
     * @returns {[number, number]}
     */
    picture: (x, y) => [(x - left) / scale, (y - top) / scale],
    end: () => observer.disconnect(),
  };
}
