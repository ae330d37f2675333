/**
 * Who uses the page: asked at the start, and again whenever the server no longer knows.
 */
import { api, APIError, onNoSession } from "./api.js";
import { store } from "./state.js";

const waits = [500, 1000, 2000, 4000];

/** @type {import("./types.js").User} */
const nobodyInParticular = { id: "", name: "", role: "user" };

/** @type {Promise<void>|null} the question under way */
let asking = null;
/** @type {Promise<any>} what changes the session, under way or done */
let changing = Promise.resolve();
/** Counts the changes, so that an answer asked for before one is not taken for newer. */
let changes = 0;

/** Asks until the server has said who is here, and follows it from then on. */
export async function startSession() {
  onNoSession(checkSession);
  document.addEventListener("visibilitychange", () => {
    // Somebody may have logged in through another tab.
    if (!document.hidden && store.state.session?.user === null) checkSession();
  });
  for (let tries = 0; ; tries += 1) {
    await checkSession();
    if (store.state.session) return;
    store.set({ connection: "lost" });
    await new Promise((resolve) => setTimeout(resolve, waits[Math.min(tries, waits.length - 1)]));
  }
}

/**
 * Asks who is here; without an answer what was known stays.
 * @returns {Promise<void>}
 */
export function checkSession() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

async function ask() {
  await changing.catch(() => {});
  const before = changes;
  try {
    const session = await api.session();
    if (before !== changes) return;
    const { user } = store.state.session ?? {};
    take(session);
    if (user && !store.state.session?.user) store.set({ ended: true });
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
  }
}

/**
 * Carries out what changes the session, and takes the one it gives.
 * @param {() => Promise<import("./types.js").Session>} act
 */
export async function changeSession(act) {
  changes += 1;
  const answer = act();
  changing = answer;
  try {
    take(await answer);
    store.set({ ended: false });
  } finally {
    changes += 1;
  }
}

/**
 * Where nobody logs in, whoever has the page is its user.
 * @param {import("./types.js").Session} answer
 */
function take(answer) {
  const session = answer.access === "accounts" ? answer : { ...answer, user: answer.user ?? nobodyInParticular };
  if (JSON.stringify(session) !== JSON.stringify(store.state.session)) store.set({ session });
}
