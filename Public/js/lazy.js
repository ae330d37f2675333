/**
 * Parts of the page that most readers never open: fetched when they are first wanted.
 */

/** @type {Map<string, Promise<void>>} */
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
