/**
 * Pictures dropped on the page or pasted, and parameters pasted as text: the rest is fetched when there is one.
 */
import { toast } from "./components/toasts.js";
import { dropParts, readingParts } from "./lazy.js";
import { t } from "./i18n.js";
import { view } from "./views.js";

/** Nothing is taken while a dialog is open, or where nobody is. */
const isOpen = () => view() === "page" && !document.querySelector("dialog[open]");

/** Follows the pointer and the clipboard from now on. */
export function followDrops() {
  /** @param {DragEvent} event */
  const carries = (event) => event.dataTransfer?.types.some((type) => type === "Files" || type === "text/uri-list") ?? false;
  let isDragging = false;
  addEventListener("dragenter", async (event) => {
    if (!carries(event) || !isOpen()) return;
    event.preventDefault();
    isDragging = true;
    const { showZones } = await dropParts();
    // It may have been let go before they were here.
    if (isDragging) showZones();
  });
  const gone = (/** @type {DragEvent} */ event) => {
    if (event.type !== "dragleave" || event.relatedTarget === null) isDragging = false;
  };
  for (const type of /** @type {const} */ (["dragleave", "drop", "dragend"])) addEventListener(type, gone);
  addEventListener("dragover", (event) => {
    if (carries(event)) event.preventDefault();
  });
  addEventListener("drop", async (event) => {
    if (!event.dataTransfer || !carries(event)) return;
    // A file let go anywhere must not replace the page.
    event.preventDefault();
    const files = [...event.dataTransfer.files];
    const address = event.dataTransfer.getData("text/uri-list");
    const zone = event.target instanceof Element ? event.target.closest("[data-drop]")?.getAttribute("data-drop") : null;
    if (isOpen()) (await dropParts()).take(files, address, zone ?? "");
  });
  addEventListener("paste", paste);
}

/** @param {ClipboardEvent} event */
async function paste(event) {
  if (!event.clipboardData || !isOpen()) return;
  const files = [...event.clipboardData.files];
  const text = event.clipboardData.getData("text/plain");
  if (files.length > 0 && !text) {
    event.preventDefault();
    (await dropParts()).take(files, "", "");
  } else if (/\bSteps: \d+, /.test(text)) {
    const { fillFrom } = await readingParts();
    toast(t("read.offer"), { label: t("read.fill"), act: () => fillFrom({ parameters: text }) });
  }
}
