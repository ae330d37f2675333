/**
 * The names of settings that most people never touch.
 */
import { addTexts } from "../../i18n.js";
import { en } from "../../locales/more/en.js";
import { fr } from "../../locales/more/fr.js";

addTexts({ en, fr });
