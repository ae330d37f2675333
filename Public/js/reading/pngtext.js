/**
 * The texts in a PNG's file (chunks tEXt, zTXt, iTXt; PNG specification, section 11.3.3).
 */

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Most characters that a compressed text may have. */
const most = 4 << 20;

/**
 * Every text by its keyword; the first of a name counts. What is damaged ends the reading, and what came before stays.
 * @param {Uint8Array} bytes
 * @returns {Promise<Map<string, string>>} empty for what is no PNG
 */
export async function pngTexts(bytes) {
  /** @type {Map<string, string>} */
  const texts = new Map();
  if (!signature.every((byte, at) => bytes[at] === byte)) return texts;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const kind = latin(bytes.subarray(at + 4, at + 8));
    if (kind === "IEND" || at + 12 + length > bytes.length) break;
    const read = readers[kind];
    const found = read ? await read(bytes.subarray(at + 8, at + 8 + length)).catch(() => null) : null;
    if (found && !texts.has(found[0])) texts.set(found[0], found[1]);
    at += 12 + length;
  }
  return texts;
}

/** @type {Record<string, (data: Uint8Array) => Promise<[string, string]>>} */
const readers = {
  async tEXt(data) {
    const [keyword, text] = cut(data);
    return [latin(keyword), latin(text)];
  },
  async zTXt(data) {
    const [keyword, rest] = cut(data);
    return [latin(keyword), latin(await inflated(rest.subarray(1)))];
  },
  async iTXt(data) {
    const [keyword, rest] = cut(data);
    const [, afterLanguage] = cut(rest.subarray(2));
    const [, text] = cut(afterLanguage);
    return [latin(keyword), new TextDecoder().decode(rest[0] === 1 ? await inflated(text) : text)];
  },
};

/**
 * What stands before and after the first zero.
 * @param {Uint8Array} data
 */
function cut(data) {
  const end = data.indexOf(0);
  if (end < 0) throw new Error("a text chunk has no end of its keyword");
  return [data.subarray(0, end), data.subarray(end + 1)];
}

/** @param {Uint8Array} data every byte is a character of ISO 8859-1 */
function latin(data) {
  let text = "";
  for (let at = 0; at < data.length; at += 8192) text += String.fromCharCode(...data.subarray(at, at + 8192));
  return text;
}

/**
 * @param {Uint8Array} data a zlib stream
 * @returns {Promise<Uint8Array>}
 */
async function inflated(data) {
  const reader = new Blob([/** @type {any} */ (data)]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new Error(`a text is longer than ${most} bytes`);
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
