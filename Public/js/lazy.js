/**
 * Parts of the page that most readers never open: fetched when they are first wanted.
 */

/** @type {Map<string, Promise<void>>} the style sheets that were asked for */
const sheets = new Map();

/**
 * Adds a style sheet of `css/`; resolves when it applies.
 * @param {string} name
 */
function style(name) {
  const loading = sheets.get(name) ?? new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = `css/${name}.css`;
    link.onload = () => resolve();
    link.onerror = () => {
      sheets.delete(name);
      link.remove();
      reject(new Error(`css/${name}.css could not be loaded`));
    };
    document.head.append(link);
  });
  sheets.set(name, loading);
  return loading;
}

/** Log-in and sign-up. */
export async function doorParts() {
  const [parts] = await Promise.all([import("./components/account/door.js"), style("panels"), style("account")]);
  return parts;
}

/** The menu at the user's name. */
export async function menuParts() {
  const [parts] = await Promise.all([import("./components/account/usermenu.js"), style("panels"), style("account")]);
  return parts;
}

/** The dialog that changes one's own password. */
export const passwordParts = () => import("./components/account/password.js");

/** The dialog of API tokens. */
export const tokenParts = () => import("./components/account/tokens.js");

/** The admin view. */
export async function adminParts() {
  const [parts] = await Promise.all([import("./components/admin/admin.js"), style("panels"), style("admin")]);
  return parts;
}

/** A picture as large as fits. */
export async function lightboxParts() {
  const [parts] = await Promise.all([import("./components/lightbox.js"), style("lightbox"), style("panels")]);
  return parts;
}

/** What the prompt can name: LoRAs, embeddings, hypernetworks, styles. */
export async function wordParts() {
  const [parts] = await Promise.all([import("./components/words/words.js"), style("panels"), style("words")]);
  return parts;
}

/** The choice of what the picture starts from. */
export const modeParts = () => import("./components/source/modebar.js");

/** The picture to start from, its mask, and how far to go from it. */
export async function sourceParts() {
  const [parts] = await Promise.all([import("./components/source/source.js"), style("source")]);
  return parts;
}

/** The editor of masks. */
export async function maskParts() {
  const [parts] = await Promise.all([import("./components/mask/editor.js"), style("panels"), style("mask")]);
  return parts;
}

/** What is done with files dropped on the page or pasted. */
export async function dropParts() {
  const [parts] = await Promise.all([import("./reading/drop.js"), style("source")]);
  return parts;
}

/** Parameters read out of pictures and texts. */
export const readingParts = () => import("./reading/fill.js");

let plot = /** @type {Promise<typeof import("./components/plot/table.js")>|undefined} */ (undefined);

/** Tables of pictures over settings. */
export function plotParts() {
  plot ??= Promise.all([import("./components/plot/table.js"), style("panels"), style("plot")]).then(([parts]) => {
    parts.mountPlot(/** @type {HTMLElement} */ (document.getElementById("plot")));
    return parts;
  });
  return plot;
}

/** What is folded away under "More". */
export const moreParts = () => import("./components/more/more.js");
