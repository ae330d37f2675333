/**
 * Puts the page together.
 */
import { mountAnnouncer } from "./components/announcer.js";
import { mountBanner } from "./components/banner.js";
import { focusPrompt, make, mountComposer } from "./components/composer.js";
import { mountHeader } from "./components/header.js";
import { mountHistory } from "./components/history.js";
import { mountLightbox } from "./components/lightbox.js";
import { mountStage } from "./components/stage.js";
import { followJobs } from "./focus.js";
import { watchForDone } from "./notify.js";
import { followAddress } from "./router.js";
import { startSync } from "./sync.js";

/**
 * @param {string} id
 * @returns {any}
 */
const part = (id) => document.getElementById(id);

mountHeader(part("header"));
mountComposer(part("composer"));
mountStage(part("stage"));
mountHistory(part("history"));
mountBanner(part("banner"));
mountAnnouncer(part("announcer"));
followJobs();
followAddress();
mountLightbox(part("lightbox"));
watchForDone();
startSync();

document.addEventListener("keydown", (event) => {
  const typing = event.target instanceof Element && event.target.matches("input, textarea, select, [contenteditable]");
  if (document.querySelector("dialog[open]") || event.altKey) return;
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    focusPrompt();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.repeat) {
    event.preventDefault();
    make();
  }
});

// With a keyboard at hand the caret waits in the prompt; a phone would open its keys over the page.
if (matchMedia("(pointer: fine)").matches && !location.hash) focusPrompt();
