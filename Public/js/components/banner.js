/**
 * The thin line that says the connection is lost, and nothing else with it.
 */
import { h, icon, setText } from "../dom.js";
import { t } from "../i18n.js";
import { store } from "../state.js";

/**
 * Fills the slot at the top.
 * @param {HTMLElement} slot
 */
export function mountBanner(slot) {
  slot.dataset.tLabel = "connection";
  slot.setAttribute("aria-label", t("connection"));
  const text = h("span");
  const node = h("p", { class: "banner", role: "status" }, icon("cloud"), text);
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  store.on(["connection", "lang"], () => {
    const { connection } = store.state;
    clearTimeout(timer);
    if (connection === "open" || connection === "connecting") {
      node.remove();
      return;
    }
    setText(text, t(`connection.${connection}`));
    // A reconnection within a second is nobody's business.
    if (!node.isConnected) timer = setTimeout(() => slot.append(node), 800);
  });
}
