/**
 * Parameters out of the text that AUTOMATIC1111's web UI and this service write into pictures, by the web UI's rules:
 * prompt, negative prompt, and in the last line "Key: value" pairs. No text fails.
 */

const pair = /\s*([\p{L}\p{N}_][\p{L}\p{N}_ \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)/gu;
const negativeMark = "Negative prompt:";

/**
 * @param {string} text
 * @returns {{prompt: string, negative: string, settings: Map<string, string>}} a size `AxB` is two settings, `Size-1`
 *   and `Size-2`
 */
export function readInfotext(text) {
  const lines = text.trim().split("\n");
  const settings = settingsIn(lines[lines.length - 1]);
  if (settings.size > 0) lines.pop();
  const parts = { prompt: /** @type {string[]} */ ([]), negative: /** @type {string[]} */ ([]) };
  let into = parts.prompt;
  for (let line of lines) {
    line = line.trim();
    if (line.startsWith(negativeMark)) {
      into = parts.negative;
      line = line.slice(negativeMark.length).trim();
    }
    // Empty lines at the beginning are nobody's.
    if (line !== "" || into.length > 0) into.push(line);
  }
  return { prompt: parts.prompt.join("\n"), negative: parts.negative.join("\n"), settings };
}

/** Whether a text has a line of settings: then it is more than a prompt. @param {string} text */
export function isInfotext(text) {
  return readInfotext(text).settings.has("Steps");
}

/**
 * A line with fewer than three pairs belongs to the prompt.
 * @param {string} line
 */
function settingsIn(line) {
  /** @type {Map<string, string>} */
  const settings = new Map();
  const found = [...line.matchAll(pair)];
  if (found.length < 3) return settings;
  for (const [, key, raw] of found) {
    const value = unquoted(raw);
    const size = /^(\d+)x(\d+)$/.exec(value);
    if (size) settings.set(`${key}-1`, size[1]).set(`${key}-2`, size[2]);
    else settings.set(key, value);
  }
  return settings;
}

/** @param {string} value */
function unquoted(value) {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}
