/**
 * Name, theme, language.
 */
import { h, icon, iconButton, setIcon } from "../dom.js";
import { language, languages, setLanguage, t } from "../i18n.js";
import { load, save } from "../prefs.js";
import { store } from "../state.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/**
 * Builds the header.
 * @param {HTMLElement} header
 */
export function mountHeader(header) {
  header.append(h("h1", { class: "brand" }, icon("easel"), "Atelier"), themeButton(), languageButtons());
}

function isDark() {
  const chosen = load("theme", null, true);
  return chosen ? chosen === "dark" : dark.matches;
}

function themeButton() {
  const button = iconButton("moon", "theme", () => {
    const theme = isDark() ? "light" : "dark";
    // Back at the system's own theme, it is followed again.
    const own = (theme === "dark") === dark.matches;
    save("theme", own ? null : theme, true);
    if (own) delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    draw();
  });
  const draw = () => setIcon(/** @type {Element} */ (button.firstElementChild), isDark() ? "sun" : "moon");
  dark.addEventListener("change", draw);
  draw();
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
