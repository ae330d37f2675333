/**
 * Name, user, theme, language.
 */
import { h, icon, iconButton, setIcon } from "../dom.js";
import { language, languages, setLanguage, t } from "../i18n.js";
import { menuParts } from "../lazy.js";
import { save } from "../prefs.js";
import { store } from "../state.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/**
 * Builds the header.
 * @param {HTMLElement} header
 */
export function mountHeader(header) {
  header.append(h("h1", { class: "brand" }, icon("easel"), "Atelier"), ...headerTools());
}

/** What stands at the end of every view's header. */
export function headerTools() {
  return [userPlace(), themeButton(), languageButtons()];
}

/** The user's name with its menu; where nobody logs in, only the way to the admin view for whom it is open. */
function userPlace() {
  const place = h("div", { class: "user-place" });
  store.on(["session"], async () => {
    const { session } = store.state;
    if (session?.access !== "accounts") {
      place.replaceChildren(...(session?.user?.role === "admin" ? [adminLink()] : []));
    } else if (session.user && !place.firstChild) {
      try {
        const { userMenu } = await menuParts();
        if (!place.firstChild) place.append(userMenu());
      } catch (error) {
        console.error(error);
        setTimeout(() => store.touch("session"), 5000);
      }
    }
  });
  return place;
}

function adminLink() {
  return h("a", { class: "button plain square", href: "#/admin", tLabel: "admin", tTitle: "admin" }, icon("gauge"));
}

function isDark() {
  const chosen = store.state.theme;
  return chosen ? chosen === "dark" : dark.matches;
}

function themeButton() {
  const button = iconButton("moon", "theme", () => {
    const theme = isDark() ? "light" : "dark";
    // Back at the system's own theme, it is followed again.
    const own = (theme === "dark") === dark.matches;
    save("theme", own ? null : theme, true);
    store.set({ theme: own ? null : theme });
    if (own) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  });
  const draw = () => setIcon(/** @type {Element} */ (button.firstElementChild), isDark() ? "sun" : "moon");
  dark.addEventListener("change", draw);
  store.on(["theme"], draw);
  return button;
}

function languageButtons() {
  const buttons = languages.toReversed().map((code) => {
    const onclick = () => {
      setLanguage(code);
      store.set({ lang: code });
    };
    return h("button", { type: "button", class: "segment", lang: code, tTitle: `language.${code}`, tLabel: `language.${code}`, onclick }, code);
  });
  store.on(["lang"], () => {
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.lang === language()));
    document.querySelector('meta[name="description"]')?.setAttribute("content", t("description"));
  });
  return h("div", { class: "segments languages", role: "group", tLabel: "language" }, ...buttons);
}
