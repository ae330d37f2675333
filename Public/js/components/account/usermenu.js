/**
 * The menu at the user's name: password, tokens, the admin view, leaving.
 */
import "./texts.js";
import { accounts } from "../../accounts.js";
import { APIError } from "../../api.js";
import { h, icon, setText } from "../../dom.js";
import { t } from "../../i18n.js";
import { passwordParts, tokenParts } from "../../lazy.js";
import { forgetWords } from "../../owner.js";
import { settleDeletions } from "../../pictures.js";
import { changeSession } from "../../session.js";
import { store } from "../../state.js";
import { view } from "../../views.js";
import { attempt, confirmed } from "../dialog.js";
import { menu } from "../menu.js";
import { toast } from "../toasts.js";

/** The button with the name, and its menu. */
export function userMenu() {
  const name = h("span", { class: "user-name" });
  const button = h("button", { type: "button", class: "button plain user-button" }, icon("user"), name, icon("down"));
  const node = menu(button, () => [
    ...(store.state.session?.user?.role === "admin" ? [adminItem()] : []),
    { label: "password.title", icon: "lock", act: () => open(passwordParts) },
    { label: "tokens.title", icon: "key", act: () => open(tokenParts) },
    { label: "logout", icon: "leave", act: logOut },
    { label: "logout.everywhere", icon: "leave", act: logOutEverywhere },
  ]);
  store.on(["session", "lang"], () => {
    const { session } = store.state;
    node.hidden = !session?.user;
    setText(name, session?.user?.name ?? "");
    button.setAttribute("aria-label", t("account.menu", { name: session?.user?.name ?? "" }));
    button.title = session?.user?.name ?? "";
  });
  store.on(["session", "invitation"], () => {
    // A link that makes an account is nothing to somebody who has one.
    if (!store.state.invitation || !store.state.session?.user) return;
    store.set({ invitation: null });
    toast(t("invitation.unneeded"));
  });
  return node;
}

function adminItem() {
  return view() === "admin" ? { label: "pictures", icon: "easel", href: "#/" } : { label: "admin", icon: "gauge", href: "#/admin" };
}

/**
 * Opens a dialog that is fetched when it is first wanted.
 * @param {() => Promise<{open: () => void}>} fetched
 */
async function open(fetched) {
  try {
    (await fetched()).open();
  } catch (error) {
    console.error(error);
    toast(t("error.unreachable"));
  }
}

function logOut() {
  attempt(() => leaveBy(accounts.logOut));
}

async function logOutEverywhere() {
  const sure = await confirmed({ title: "logout.everywhere", text: t("logout.everywhere.text"), action: "logout.everywhere" });
  if (sure) attempt(() => leaveBy(accounts.logOutEverywhere));
}

/**
 * Leaves; what was typed stays with whom it belongs to.
 * @param {() => Promise<any>} route
 */
async function leaveBy(route) {
  await settleDeletions();
  await changeSession(async () => {
    try {
      await route();
    } catch (error) {
      // Left already, from elsewhere.
      if (!(error instanceof APIError) || error.code !== "no_session") throw error;
    }
    return { access: "accounts", user: null };
  });
  forgetWords();
  // The next person starts at the pictures, not where this one stood.
  history.replaceState(history.state, "", location.pathname + location.search);
  store.set({ admin: null, image: null });
}
