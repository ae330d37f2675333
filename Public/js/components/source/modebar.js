/**
 * The choice of what a picture is made from: words, a picture, parts of one; and the place of that picture.
 */
import { h } from "../../dom.js";
import { change, mode, modes } from "../../form.js";
import { t } from "../../i18n.js";
import { sourceParts } from "../../lazy.js";
import { store } from "../../state.js";
import { segments } from "../controls.js";
import { fillLater } from "../fold.js";
import "./texts.js";

const order = ["txt2img", "img2img", "inpaint", "upscale"];

/** @returns {HTMLElement[]} */
export function modeBar() {
  const bar = h("div", {});
  const panel = h("div", { class: "source-place" });
  let shown = "";
  let end = () => {};
  store.on(["capabilities", "lang"], () => {
    const there = order.filter((name) => modes().includes(name));
    const key = there.join() + store.state.lang;
    if (key === shown) return;
    shown = key;
    end();
    const scope = store.scoped(() => segments({
      name: "mode", label: "mode", choices: there.map((value) => ({ value, text: t(`mode.${value}`) })), read: mode,
      write: (value) => change({ mode: value }),
    }));
    end = scope.end;
    bar.replaceChildren(scope.made);
  });
  let isThere = false;
  store.on(["settings", "capabilities"], () => {
    panel.hidden = mode() === "txt2img";
    if (panel.hidden || isThere) return;
    isThere = true;
    fillLater(panel, sourceParts, (parts) => [parts.sourcePanel()]);
  });
  return [bar, panel];
}
