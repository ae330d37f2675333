/**
 * The user's comment in a JPEG's or a WebP's Exif data, where the web UI puts its parameters in such files.
 */

const userComment = 0x9286;
const exifPointer = 0x8769;

/**
 * @param {Uint8Array} bytes of the file
 * @returns {string|undefined} nothing where there is none, or where the data is damaged
 */
export function exifComment(bytes) {
  try {
    const exif = inJPEG(bytes) ?? inWebP(bytes);
    return exif && comment(exif);
  } catch (error) {
    // A place outside the data.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** @param {Uint8Array} bytes */
const view = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {string} text
 */
const stands = (bytes, at, text) => [...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0));

/** @param {Uint8Array} bytes */
function inJPEG(bytes) {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined;
  const data = view(bytes);
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== 0xda;) {
    const length = data.getUint16(at + 2);
    if (bytes[at + 1] === 0xe1 && stands(bytes, at + 4, "Exif\0\0")) return bytes.subarray(at + 10, at + 2 + length);
    at += 2 + length;
  }
  return undefined;
}

/** @param {Uint8Array} bytes */
function inWebP(bytes) {
  if (!stands(bytes, 0, "RIFF") || !stands(bytes, 8, "WEBP")) return undefined;
  const data = view(bytes);
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = data.getUint32(at + 4, true);
    // Some writers leave JPEG's mark before it.
    const start = at + 8 + (stands(bytes, at + 8, "Exif\0\0") ? 6 : 0);
    if (stands(bytes, at, "EXIF")) return bytes.subarray(start, at + 8 + length);
    at += 8 + length + (length % 2);
  }
  return undefined;
}

/** @param {Uint8Array} exif a TIFF structure */
function comment(exif) {
  const data = view(exif);
  const isLittle = stands(exif, 0, "II");
  /**
   * @param {number} directory
   * @param {number} tag
   * @returns {number|undefined} where the entry is
   */
  const find = (directory, tag) => {
    const count = data.getUint16(directory, isLittle);
    for (let index = 0; index < count; index += 1) {
      const at = directory + 2 + 12 * index;
      if (data.getUint16(at, isLittle) === tag) return at;
    }
    return undefined;
  };
  const pointer = find(data.getUint32(4, isLittle), exifPointer);
  const entry = pointer === undefined ? undefined : find(data.getUint32(pointer + 8, isLittle), userComment);
  if (entry === undefined) return undefined;
  const start = data.getUint32(entry + 8, isLittle);
  const value = exif.subarray(start, start + data.getUint32(entry + 4, isLittle));
  const text = value.subarray(8);
  if (!stands(value, 0, "UNICODE")) return new TextDecoder().decode(text);
  // Its order of bytes is not always the file's; the zero of a Latin letter tells.
  return new TextDecoder(text[0] === 0 ? "utf-16be" : "utf-16le").decode(text);
}
