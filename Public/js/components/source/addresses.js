/**
 * Where a picture named in a request can be seen: in this browser's own shelf, among the user's pictures, among the
 * uploads.
 */
import { kept } from "../../blobs.js";

/** @type {Map<string, Promise<string|null>>} */
const known = new Map();

/**
 * @param {string} id of an upload or a picture
 * @returns {Promise<string|null>} null where it is gone
 */
export function addressOf(id) {
  const asked = known.get(id) ?? search(id);
  known.set(id, asked);
  return asked;
}

/** @param {string} id */
async function search(id) {
  const own = await kept(id);
  if (own) return URL.createObjectURL(own);
  const name = encodeURIComponent(id);
  for (const address of [`/api/images/${name}`, `/api/uploads/${name}`]) {
    const answer = await fetch(address, { headers: { Accept: "image/*" } }).catch(() => null);
    if (answer?.ok) return URL.createObjectURL(await answer.blob());
  }
  // Asked again when it is wanted again: the connection may have been at fault.
  setTimeout(() => known.delete(id));
  return null;
}
