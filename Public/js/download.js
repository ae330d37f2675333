/**
 * Files made on the page and given to the reader.
 */
import { h } from "./dom.js";

/**
 * @param {Blob} blob
 * @param {string} name what the file is called
 */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  h("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/**
 * A request as a file, to be read or run again here, or run by the tool.
 * @param {Record<string, any>} request
 * @param {string} [name]
 */
export function downloadRequest(request, name = "atelier.json") {
  download(new Blob([JSON.stringify(request, null, 2)], { type: "application/json" }), name);
}
