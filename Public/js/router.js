/**
 * What the address says: the picture opened large (`#/image/ID`), a part of the admin view (`#/admin/PART`), an
 * invitation (`#invitation=CODE`). Back goes back, reload opens the same again.
 */
import { store } from "./state.js";

/** Whether opening the picture added an entry to the browser's history. */
let entered = false;

/** Follows the address from now on. */
export function followAddress() {
  const read = () => {
    takeInvitation();
    const [, id] = /^#\/image\/([\w-]+)$/.exec(location.hash) ?? [];
    const [whole, part] = /^#\/admin(?:\/(\w+))?$/.exec(location.hash) ?? [];
    // Nobody's pictures are asked for before somebody is known to be here.
    const known = Boolean(store.state.session?.user);
    store.set({ image: (known && id) || null, admin: whole ? part ?? "overview" : null });
    if (!id) entered = false;
  };
  addEventListener("hashchange", (event) => {
    if (!event.oldURL.includes("#/image/")) entered = true;
    read();
  });
  store.on(["session"], read);
}

/** An invitation is worth an account: it stays neither in the address nor in the browser's history. */
function takeInvitation() {
  const [, code] = /^#invitation=([\w.~-]{1,128})$/.exec(location.hash) ?? [];
  if (!code) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  store.set({ invitation: code });
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
