/**
 * A part that folds away, and remembers whether it was open.
 */
import { h, icon } from "../dom.js";
import { load, save } from "../prefs.js";
import { store } from "../state.js";

/**
 * @param {{name: string, label: string, value?: Element}} spec `name`: what it is remembered by; `label`: key of the
 *   locale; `value`: shown at the end of the line
 * @param {(body: HTMLElement) => void} build fills the body when it is first opened
 * @returns {HTMLElement}
 */
export function fold({ name, label, value }, build) {
  const body = h("div", { class: "fold-body" });
  const node = h(
    "details", { class: "fold", open: load(name, false) }, h("summary", {}, icon("right"), h("span", { t: label }), value), body);
  let isBuilt = false;
  let end = () => {};
  store.atEnd(() => end());
  const open = () => {
    if (!node.open || isBuilt) return;
    isBuilt = true;
    end = store.scoped(() => build(body)).end;
  };
  node.addEventListener("toggle", () => {
    save(name, node.open);
    open();
  });
  open();
  return node;
}

/**
 * Fills a place with a part that is fetched first; one thrown away meanwhile stays empty.
 * @template T
 * @param {HTMLElement} place
 * @param {() => Promise<T>} fetch
 * @param {(parts: T) => (Node|null)[]} build
 */
export async function fillLater(place, fetch, build) {
  let isWanted = true;
  let end = () => {};
  store.atEnd(() => {
    isWanted = false;
    end();
  });
  try {
    const parts = await fetch();
    if (!isWanted) return;
    const scope = store.scoped(() => build(parts));
    end = scope.end;
    place.replaceChildren(...scope.made.filter((node) => node !== null));
  } catch (error) {
    console.error(error);
    place.replaceChildren(h("p", { class: "error", t: "error.unreachable" }));
  }
}
