/**
 * The address of the picture opened large: `#/image/ID`. Back closes it, reload opens it again.
 */
import { store } from "./state.js";

/** Whether opening the picture added an entry to the browser's history. */
let entered = false;

/** Follows the address from now on. */
export function followAddress() {
  const read = () => {
    const [, id] = /^#\/image\/([\w-]+)$/.exec(location.hash) ?? [];
    store.set({ image: id ?? null });
    if (!id) entered = false;
  };
  addEventListener("hashchange", (event) => {
    if (!event.oldURL.includes("#/image/")) entered = true;
    read();
  });
  read();
}

/**
 * Shows another picture in the place of this one.
 * @param {string} id
 */
export function turnTo(id) {
  history.replaceState(history.state, "", `#/image/${id}`);
  store.set({ image: id });
}

/** Closes the picture. */
export function closeImage() {
  if (entered) {
    entered = false;
    history.back();
    return;
  }
  history.replaceState(history.state, "", location.pathname + location.search);
  store.set({ image: null });
}
