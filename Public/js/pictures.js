/**
 * What can be done with a finished picture: keep it as a favourite, delete it with time to think again.
 */
import { api, APIError } from "./api.js";
import { toast } from "./components/toasts.js";
import { t } from "./i18n.js";
import { changeImage } from "./jobs.js";
import { store } from "./state.js";
import { errorText } from "./submit.js";

/** @type {Set<string>} deleted here, the server not told yet */
const pending = new Set();

/** @param {import("./types.js").Image} image */
export async function toggleFavourite(image) {
  changeImage(image.id, { favourite: !image.favourite });
  try {
    await api.setFavourite(image.id, !image.favourite);
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    changeImage(image.id, { favourite: image.favourite });
    toast(errorText(error));
  }
}

/**
 * Hides a picture and deletes it unless that is undone.
 * @param {string} id
 */
export function deletePicture(id) {
  hide(id, true);
  pending.add(id);
  toast(t("deleted"), { label: t("undo"), act: () => restore(id) }, () => commit(id));
}

/**
 * @param {string} id
 * @param {boolean} hidden
 */
function hide(id, hidden) {
  const { hiddenImages } = store.state;
  if (hidden) hiddenImages.add(id);
  else hiddenImages.delete(id);
  store.touch("hiddenImages");
}

/** @param {string} id */
function restore(id) {
  pending.delete(id);
  hide(id, false);
}

/** @param {string} id */
async function commit(id) {
  if (!pending.delete(id)) return;
  try {
    await api.deleteImage(id);
    changeImage(id, null);
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    if (error.status === 404) changeImage(id, null);
    else toast(errorText(error));
  }
  hide(id, false);
}

/** Deletes what was being thought over: nobody will undo it. */
export async function settleDeletions() {
  const ids = [...pending];
  pending.clear();
  await Promise.all(ids.map((id) => api.deleteImage(id, true).catch(() => {})));
}

addEventListener("pagehide", settleDeletions);
