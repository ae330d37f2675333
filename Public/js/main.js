/**
 * Puts the page together.
 */
import { mountBanner } from "./components/banner.js";
import { focusPrompt, make } from "./components/composer.js";
import { followDrops } from "./drop.js";
import { forgetAll } from "./jobs.js";
import { followAddress } from "./router.js";
import { takeOver } from "./owner.js";
import { startSession } from "./session.js";
import { store } from "./state.js";
import { startSync, stopSync } from "./sync.js";
import { followViews, view } from "./views.js";

mountBanner(/** @type {HTMLElement} */ (document.getElementById("banner")));
followViews();
followAddress();
followDrops();

/** @type {import("./types.js").User|null} the user the page works for */
let here = null;
store.on(["session"], () => {
  const { session } = store.state;
  const user = session?.user ?? null;
  const same = user?.id === here?.id && Boolean(user) === Boolean(here);
  const left = here;
  here = user;
  if (!session || same) return;
  if (left) {
    stopSync();
    forgetAll();
  }
  if (!user) return;
  if (session.access === "accounts") takeOver(user);
  startSync();
});
startSession();

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.matches("input, textarea, select, [contenteditable]");
  if (view() !== "page" || document.querySelector("dialog[open]") || event.altKey) return;
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    focusPrompt();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) {
    event.preventDefault();
    make();
  }
});
