/**
 * The words of what pictures start from.
 */
import { addTexts } from "../../i18n.js";
import { en } from "../../locales/source/en.js";
import { fr } from "../../locales/source/fr.js";

addTexts({ en, fr });
