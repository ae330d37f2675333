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

/** Log-in, sign-up, and the menu at the user's name. */
export async function accountParts() {
  const [parts] = await Promise.all([import("./components/account/account.js"), style("panels"), style("account")]);
  return parts;
}

/** The admin view. */
export async function adminParts() {
  const [parts] = await Promise.all([import("./components/admin/admin.js"), style("panels"), style("admin")]);
  return parts;
}
