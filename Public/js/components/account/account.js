/**
 * All of the account pages, with their texts: fetched where people log in.
 */
import { addTexts } from "../../i18n.js";
import { en } from "../../locales/account/en.js";
import { fr } from "../../locales/account/fr.js";

addTexts({ en, fr });

export { mountDoor } from "./door.js";
export { userMenu } from "./usermenu.js";
