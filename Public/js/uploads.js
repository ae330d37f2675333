/**
 * Pictures on their way to the server, told how far they are.
 */
import { refusal } from "./api.js";

/**
 * @param {Blob} blob a PNG, a JPEG or a WebP
 * @param {(fraction: number) => void} [onprogress] 0…1
 * @returns {Promise<{id: string, sha256: string, width: number, height: number}>} fails with an `APIError`
 */
export function upload(blob, onprogress = () => {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = () => reject(refusal(0, "", null));
    request.open("POST", "/api/uploads");
    request.setRequestHeader("Content-Type", blob.type);
    request.timeout = 300000;
    request.upload.onprogress = ({ loaded, total }) => onprogress(total ? loaded / total : 0);
    request.onerror = request.ontimeout = request.onabort = fail;
    request.onload = () => {
      /** @type {any} */
      let data = null;
      try {
        data = JSON.parse(request.responseText);
      } catch {
        // A proxy's page; the status speaks.
      }
      if (request.status === 201 && data) resolve(data);
      else reject(refusal(request.status, request.statusText, data, Number(request.getResponseHeader("Retry-After")) || undefined));
    };
    request.send(blob);
  });
}
