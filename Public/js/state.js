/**
 * The one store of the page, with what it starts from.
 */
import { language } from "./i18n.js";
import { load } from "./prefs.js";
import { createStore } from "./store.js";

/** What a history starts from: whether older pages are left, being fetched, and whether the first has come. */
export const freshHistory = { more: true, loading: false, ready: false, favourites: false };

/** @type {import("./types.js").Settings} */
export const freshSettings = { prompt: "", negative_prompt: "", shape: "", batch_count: 1, seed: null };

export const store = createStore({
  /** @type {import("./types.js").Session|null} null until the server has said who is here */
  session: null,
  /** Whether the last session ended without its user's doing. */
  ended: false,
  /** @type {import("./types.js").Capabilities|null} */
  capabilities: null,
  /** @type {Map<string, import("./types.js").Job>} every job known, by id */
  jobs: new Map(),
  /** @type {Map<string, import("./types.js").Progress & {at: number}>} by job */
  progress: new Map(),
  /** @type {Map<string, string>} the newest preview, by job */
  previews: new Map(),
  /** @type {string|null} the table that is seen: its jobs are listed nowhere else */
  grid: null,
  /** @type {string|null} the job on the stage */
  selected: null,
  /** @type {{waiting: number, running: number}|null} everybody's */
  queue: null,
  /** @type {"connecting"|"open"|"lost"|"polling"} */
  connection: "connecting",
  /** @type {import("./types.js").Settings} */
  settings: { ...freshSettings, ...load("settings", {}) },
  /** @type {Record<string, string>} messages by the request's field; `""` is the whole form's */
  errors: {},
  /** @type {{fraction: number, error?: string}|null} the picture on its way to be started from */
  upload: null,
  /** Jobs being sent. */
  sending: 0,
  history: freshHistory,
  /** @type {Set<string>} pictures deleted here but not yet on the server */
  hiddenImages: new Set(),
  /** @type {string|null} the picture opened large */
  image: null,
  /** @type {string|null} the part of the admin view that the address names */
  admin: null,
  /** @type {string|null} the code of an invitation link, until it is used */
  invitation: null,
  lang: language(),
  /** @type {"light"|"dark"|null} null: the system's own */
  theme: load("theme", null, true),
});
