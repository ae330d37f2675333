/**
 * Whose words the composer remembers: they are never shown to another account in the same browser.
 */
import { forgetKept } from "./blobs.js";
import { change } from "./form.js";
import { load, save } from "./prefs.js";

/**
 * Somebody has come; words of anybody else go.
 * @param {import("./types.js").User} user
 */
export function takeOver(user) {
  const owner = load("owner", null);
  if (owner !== null && owner !== user.id) forgetWords();
  save("owner", user.id);
}

/** Empties the words, puts the pictures away, and keeps the other settings. */
export function forgetWords() {
  change({ prompt: "", negative_prompt: "", mode: undefined, source: undefined, mask: undefined });
  save("plot", null);
  forgetKept();
}
