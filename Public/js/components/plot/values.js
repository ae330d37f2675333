/**
 * Values as they are written for an axis, in the web UI's way: a list with commas and quotes; for numbers also
 * `1-5`, `1-5 (+2)` with a step, `1-10 [4]` with a count.
 */

/** What could not be read. */
export class BadValue extends Error {}

/** Most values of one axis. */
const most = 100;

/**
 * The pieces between commas; one in quotes may hold commas, and quotes twice.
 * @param {string} text
 * @returns {string[]}
 */
export function pieces(text) {
  const found = [...text.matchAll(/\s*(?:"((?:[^"]|"")*)"\s*|([^,]*))(?:,|$)/g)];
  // An empty one is a value only in quotes.
  return found.flatMap(([, quoted, plain]) => (quoted !== undefined ? [quoted.replaceAll('""', '"')] : plain.trim() ? [plain.trim()] : []));
}

const number = "([+-]?\\d+(?:\\.\\d+)?)";
const range = new RegExp(`^${number}\\s*-\\s*${number}(?:\\s*\\(\\s*${number}\\s*\\)|\\s*\\[\\s*(\\d+)\\s*\\])?$`);

/**
 * @param {string} text
 * @param {boolean} whole whether only whole numbers are meant
 * @returns {number[]}
 */
export function numbers(text, whole) {
  const values = pieces(text).flatMap((piece) => {
    const found = range.exec(piece);
    if (found) return span(Number(found[1]), Number(found[2]), found[3], found[4], whole);
    const value = Number(piece);
    if (!Number.isFinite(value)) throw new BadValue(piece);
    return [whole ? Math.trunc(value) : value];
  });
  return values.slice(0, most + 1);
}

/**
 * @param {number} from
 * @param {number} to
 * @param {string|undefined} step
 * @param {string|undefined} count
 * @param {boolean} whole
 */
function span(from, to, step, count, whole) {
  const tidy = (/** @type {number} */ value) => (whole ? Math.trunc(value) : Number(value.toFixed(6)));
  if (count !== undefined) {
    const length = Math.min(Number(count), most + 1);
    return Array.from({ length }, (_, at) => tidy(length === 1 ? from : from + ((to - from) * at) / (length - 1)));
  }
  const by = step === undefined ? Math.sign(to - from) || 1 : Number(step);
  if (by === 0 || (to - from) * by < 0) return [];
  const length = Math.min(most + 1, Math.floor((to - from) / by + 1e-9) + 1);
  return Array.from({ length }, (_, at) => tidy(from + by * at));
}
