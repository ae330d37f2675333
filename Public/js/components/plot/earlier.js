/**
 * The tables made before, to be seen again.
 */
import { api } from "../../api.js";
import { h } from "../../dom.js";
import { language, t } from "../../i18n.js";
import { attempt } from "../dialog.js";
import { fold } from "../fold.js";
import { keyOf } from "./axes.js";
import { showGrid } from "./plan.js";

/**
 * @param {() => void} close
 * @returns {HTMLElement}
 */
export function earlier(close) {
  const node = fold({ name: "plot.earlier", label: "plot.earlier" }, (body) => {
    const asked = performance.now();
    attempt(async () => {
      const grids = await api.grids();
      body.replaceChildren(...grids.map((grid) => h("button", { type: "button", class: "button whole", onclick: () => {
        close();
        showGrid(grid, asked);
      } }, describe(grid))));
      if (grids.length === 0) body.append(h("p", { class: "muted", t: "plot.none" }));
    });
  });
  node.classList.add("plot-earlier");
  return node;
}

/** @param {import("../../types.js").Grid} grid */
function describe({ x, y, z, total, created_at: when }) {
  const names = [x, y, z].flatMap((axis) => (axis ? [nameOf(axis)] : []));
  const date = new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(when));
  return t("plot.which", { axes: names.join(" × "), n: total, when: date });
}

/**
 * What an axis is called here.
 * @param {import("../../types.js").GridAxis} axis
 */
export function nameOf({ axis, field }) {
  const key = keyOf(axis);
  if (key !== axis) return t(key);
  return field && t(field) !== field ? t(field) : axis;
}
