/**
 * What the page remembers in this browser. Storage may be full or forbidden: then it forgets, quietly.
 */

const prefix = "atelier.";

/**
 * Reads what `save` kept.
 * @template T
 * @param {string} name
 * @param {T} fallback
 * @param {boolean} [plain] kept as bare text, not as JSON
 * @returns {T | any}
 */
export function load(name, fallback, plain = false) {
  try {
    const text = localStorage.getItem(prefix + name);
    if (text === null) return fallback;
    return plain ? text : JSON.parse(text);
  } catch {
    return fallback;
  }
}

/**
 * Keeps `value`; null forgets it.
 * @param {string} name
 * @param {any} value
 * @param {boolean} [plain]
 */
export function save(name, value, plain = false) {
  try {
    if (value === null) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, plain ? value : JSON.stringify(value));
  } catch {
    // See above: nothing depends on it.
  }
}
