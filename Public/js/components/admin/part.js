/**
 * What the parts of the admin view share: the latest answer is drawn, words for sizes, times and causes.
 */
import { h, setText } from "../../dom.js";
import { dateTime, duration } from "../../format.js";
import { language, t } from "../../i18n.js";

/**
 * Keeps the newest answer, however the answers overtake each other.
 * @template T
 * @param {() => Promise<T>} ask
 * @param {(data: T) => void} show
 */
export function latest(ask, show) {
  let turn = 0;
  /** @type {T|undefined} */
  let data;
  const draw = () => {
    if (data !== undefined) show(data);
  };
  return {
    draw,
    async refresh() {
      turn += 1;
      const mine = turn;
      const answer = await ask();
      if (mine !== turn) return;
      data = answer;
      draw();
    },
  };
}

const units = ["kilobyte", "megabyte", "gigabyte", "terabyte"];

/**
 * "1.2 GB", in the page's language.
 * @param {number|null|undefined} count
 */
export function bytes(count) {
  if (count === null || count === undefined) return "–";
  const step = Math.min(units.length, Math.max(1, Math.floor(Math.log10(Math.max(1, count)) / 3)));
  return new Intl.NumberFormat(language(), {
    style: "unit", unit: units[step - 1], unitDisplay: "short", maximumFractionDigits: step > 2 ? 1 : 0,
  }).format(count / 1000 ** step);
}

/** @param {string|null|undefined} instant */
export const when = (instant) => (instant ? dateTime(instant) : "–");

/**
 * "12 s ago"
 * @param {number|null|undefined} seconds
 */
export function ago(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  return seconds < 1 ? t("ago.now") : t("ago", { time: long(seconds) });
}

/**
 * A time that may be days: "3 days" from two days on.
 * @param {number} seconds
 */
export function long(seconds) {
  return seconds < 172800 ? duration(seconds) : t("days", { n: Math.round(seconds / 86400) });
}

/**
 * How long since an instant.
 * @param {string} instant
 */
export const since = (instant) => long(Math.max(0, (Date.now() - Date.parse(instant)) / 1000));

/** @param {string} id */
export const short = (id) => id.slice(0, 8);

/**
 * A list of names with their numbers.
 * @param {string[]} names keys of the locale
 */
export function facts(names) {
  const values = names.map(() => h("b"));
  const node = h("ul", { class: "admin-facts" }, ...names.map((name, index) => h("li", {}, h("span", { t: name }), values[index])));
  return {
    node,
    /** @param {string[]} texts in the order of the names */
    update: (texts) => texts.forEach((text, index) => setText(values[index], text)),
  };
}

/**
 * A part's section with its heading.
 * @param {string} title key
 * @param {...(Node|null)} children
 */
export function section(title, ...children) {
  return h("section", { class: "admin-section" }, h("h2", { t: title }), ...children);
}
