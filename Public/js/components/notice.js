/**
 * What has to be known about what was just done, beside the prompt, until it is put away.
 */
import { h, iconButton } from "../dom.js";
import { t } from "../i18n.js";
import { store } from "../state.js";

let end = () => {};

/**
 * @param {string} title key of the locale
 * @param {{key: string, values: Record<string, string|number>}[]} notes
 */
export function showNotice(title, notes) {
  const slot = document.getElementById("notice");
  if (!slot) return;
  end();
  const scope = store.scoped(() => {
    const list = h("ul", {});
    store.on(["lang"], () => {
      list.replaceChildren(...notes.map(({ key, values }) => h("li", {}, t(key, values))));
    });
    return h("div", { class: "notice" }, h("p", { t: title }), list, iconButton("close", "close", () => {
      end();
      slot.replaceChildren();
      document.getElementById("field-prompt")?.focus();
    }));
  });
  end = scope.end;
  slot.replaceChildren(scope.made);
}
