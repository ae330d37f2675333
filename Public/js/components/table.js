/**
 * A table whose rows stay the same elements while their numbers change; on a phone each row is a card.
 */
import { h, reconcile, setText } from "../dom.js";

/**
 * @template T
 * @typedef {{label: string, draw: (cell: HTMLElement, item: T) => void, kind?: "number"|"wide"|"actions"}} Column
 *   `label`: key of the heading; `draw`: called with each news, may keep what it has put into the cell
 */

/**
 * @template T
 * @param {{label: string, none: string, key: (item: T) => string, columns: Column<T>[]}} options
 *   `label`: key of the caption; `none`: key of the sentence of an empty table
 * @returns {{node: HTMLElement, update: (items: T[]) => void}}
 */
export function table({ label, none, key, columns }) {
  const body = h("tbody", { role: "rowgroup" });
  // Roles in words: as cards the elements would lose theirs.
  const grid = h(
    "table", { class: "table", role: "table" }, h("caption", { class: "hidden-visually", t: label }),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, ...columns.map((column) =>
      h("th", { scope: "col", role: "columnheader", class: column.kind }, h("span", { t: column.label }))))),
    body);
  const empty = h("p", { class: "muted table-none", t: none });
  const loading = h("p", { class: "muted table-none", t: "loading" });
  const node = h("div", {}, grid, empty, loading);
  grid.hidden = empty.hidden = true;
  /** @type {Map<string, {row: HTMLElement, cells: HTMLElement[]}>} */
  const rows = new Map();
  return {
    node,
    update(items) {
      loading.remove();
      grid.hidden = items.length === 0;
      empty.hidden = items.length > 0;
      const wanted = new Set(items.map(key));
      for (const id of rows.keys()) if (!wanted.has(id)) rows.delete(id);
      reconcile(body, items.map((item) => {
        const known = rows.get(key(item)) ?? makeRow(columns);
        rows.set(key(item), known);
        columns.forEach((column, index) => column.draw(known.cells[index], item));
        return known.row;
      }));
    },
  };
}

/** @param {Column<any>[]} columns */
function makeRow(columns) {
  const cells = columns.map(() => h("div", { class: "cell-value" }));
  const row = h("tr", { role: "row" }, ...columns.map((column, index) =>
    h("td", { role: "cell", class: column.kind },
      h("span", { class: "cell-label", "aria-hidden": "true", t: column.label }), cells[index])));
  return { row, cells };
}

/**
 * A column of plain text.
 * @template T
 * @param {string} label
 * @param {(item: T) => string} text
 * @param {"number"|"wide"} [kind]
 * @returns {Column<T>}
 */
export function textColumn(label, text, kind) {
  return { label, draw: (cell, item) => setText(cell, text(item)), kind };
}

/**
 * Gives a cell the element that `make` builds once, and the item of the latest news to it.
 * @template T
 * @param {string} label
 * @param {(latest: () => T) => {node: HTMLElement, update?: (item: T) => void}} make
 * @param {"actions"} [kind]
 * @returns {Column<T>}
 */
export function nodeColumn(label, make, kind) {
  /** @type {WeakMap<HTMLElement, {item: T, update?: (item: T) => void}>} */
  const kept = new WeakMap();
  return {
    label,
    kind,
    draw(cell, item) {
      let known = kept.get(cell);
      if (!known) {
        const fresh = { item };
        const made = make(() => fresh.item);
        known = Object.assign(fresh, { update: made.update });
        kept.set(cell, known);
        cell.append(made.node);
      }
      known.item = item;
      known.update?.(item);
    },
  };
}
