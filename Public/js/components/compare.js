/**
 * A picture beside the one it was made from: a line between them that is moved by hand or by keys.
 */
import { h, iconButton } from "../dom.js";
import { addressOf } from "./source/addresses.js";

/**
 * @param {HTMLElement} box holds the picture
 * @returns {{button: HTMLElement, update: (entry: {job: any, image: any}|undefined) => void}}
 */
export function compare(box) {
  let source = "";
  let size = { w: 1, h: 1 };
  /** @type {HTMLElement|null} */
  let shown = null;
  const button = iconButton("compare", "compare", () => (shown ? end() : begin()), { "aria-pressed": "false", hidden: true, class: "button plain square compare-button" });

  function end() {
    shown?.remove();
    shown = null;
    button.setAttribute("aria-pressed", "false");
  }

  async function begin() {
    const wanted = source;
    const address = await addressOf(wanted);
    if (!address || wanted !== source || shown) return;
    const slider = h("input", { type: "range", class: "compare-slider", min: 0, max: 100, step: 1, tLabel: "compare.slider" });
    const set = () => shown?.style.setProperty("--part", `${slider.value}%`);
    slider.addEventListener("input", set);
    // The arrows move the line, not to the next picture.
    slider.addEventListener("keydown", (/** @type {Event} */ event) => event.stopPropagation());
    slider.addEventListener("pointerdown", (/** @type {Event} */ event) => event.stopPropagation());
    shown = h("div", { class: "compare" }, h("img", { src: address, alt: "", draggable: "false" }), h("i", { class: "compare-line" }), slider);
    slider.value = "50";
    set();
    for (const [name, side] of Object.entries(size)) shown.style.setProperty(`--${name}`, String(side));
    box.parentElement?.append(shown);
    button.setAttribute("aria-pressed", "true");
    slider.focus();
  }

  return {
    button,
    update(entry) {
      const now = entry?.job.request.init_image ?? "";
      button.hidden = now === "";
      if (now === source && entry?.image.width === size.w && entry.image.height === size.h) return;
      source = now;
      size = { w: entry?.image.width ?? 1, h: entry?.image.height ?? 1 };
      end();
    },
  };
}
