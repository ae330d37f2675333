/**
 * The texts of the account pages, for whichever of them comes first.
 */
import { addTexts } from "../../i18n.js";
import { en } from "../../locales/account/en.js";
import { fr } from "../../locales/account/fr.js";

addTexts({ en, fr });
