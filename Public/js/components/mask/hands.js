/**
 * Mouse, pen, fingers and keys at the picture: one pointer paints, two fingers move and zoom it.
 */

/**
 * @typedef {ReturnType<typeof import("./sight.js").sight>} Sight
 * @typedef {{size: () => number, erases: () => boolean, begin: (x: number, y: number, size: number, erase: boolean) => void,
 *   go: (x: number, y: number, size: number) => void, drop: () => void, end: () => void,
 *   point: (x: number, y: number) => void}} Brush
 */

/**
 * @param {HTMLElement} stage
 * @param {Sight} sight
 * @param {Brush} brush
 */
export function hands(stage, sight, brush) {
  /** @type {Map<number, {x: number, y: number}>} */
  const fingers = new Map();
  /** @type {"paint"|"move"|null} */
  let doing = null;

  /** @param {PointerEvent|WheelEvent} event */
  function place(event) {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  /** A pen that is pressed less paints thinner. @param {PointerEvent} event */
  const width = (event) => brush.size() * (event.pointerType === "pen" ? 0.3 + 0.7 * event.pressure : 1);

  stage.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    stage.focus({ preventScroll: true });
    try {
      stage.setPointerCapture(event.pointerId);
    } catch {
      // A pointer made by a program; it does without.
    }
    fingers.set(event.pointerId, place(event));
    if (fingers.size > 1) {
      // The first finger's dab was the beginning of a pinch.
      if (doing === "paint") brush.drop();
      doing = "move";
    } else if (event.button === 1 || event.shiftKey) doing = "move";
    else {
      doing = "paint";
      const { x, y } = place(event);
      // The right button and a pen's other end erase.
      brush.begin(...sight.picture(x, y), width(event), brush.erases() || event.button === 2 || event.button === 5);
    }
  });

  stage.addEventListener("pointermove", (event) => {
    const now = place(event);
    brush.point(...sight.picture(now.x, now.y));
    const before = fingers.get(event.pointerId);
    if (!before) return;
    if (doing === "paint") {
      const steps = event.getCoalescedEvents?.() ?? [];
      for (const step of steps.length > 0 ? steps : [event]) {
        const { x, y } = place(step);
        brush.go(...sight.picture(x, y), width(step));
      }
    } else if (fingers.size === 1) sight.move(now.x - before.x, now.y - before.y);
    else pinch(event.pointerId, before, now);
    fingers.set(event.pointerId, now);
  });

  /**
   * @param {number} id
   * @param {{x: number, y: number}} before
   * @param {{x: number, y: number}} now
   */
  function pinch(id, before, now) {
    const other = [...fingers].find(([key]) => key !== id)?.[1];
    if (!other) return;
    const apart = (/** @type {{x: number, y: number}} */ one) => Math.hypot(one.x - other.x, one.y - other.y) || 1;
    // Each finger moves it by half of its way: together they carry it.
    sight.move((now.x - before.x) / 2, (now.y - before.y) / 2);
    sight.zoom(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2);
  }

  const lift = (/** @type {PointerEvent} */ event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (doing === "paint") brush.end();
    if (fingers.size === 0) doing = null;
  };
  stage.addEventListener("pointerup", lift);
  stage.addEventListener("pointercancel", lift);
  stage.addEventListener("contextmenu", (event) => event.preventDefault());
  stage.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { x, y } = place(event);
    sight.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.002)), x, y);
  }, { passive: false });
}
