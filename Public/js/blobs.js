/**
 * Pictures this browser sent to the server, kept so that they are seen again after a reload. Storage may be full or
 * forbidden: then they are not.
 */

const shelf = "pictures";
/** How many are kept; the oldest go first. */
const most = 24;

/** @type {Promise<IDBDatabase>|undefined} */
let opening;

/** @returns {Promise<IDBDatabase>} */
function database() {
  opening ??= new Promise((resolve, reject) => {
    const asking = indexedDB.open("atelier", 1);
    asking.onupgradeneeded = () => asking.result.createObjectStore(shelf, { keyPath: "id" }).createIndex("at", "at");
    asking.onsuccess = () => resolve(asking.result);
    asking.onerror = () => reject(asking.error);
  });
  return opening;
}

/**
 * @template T
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<T>} act
 * @returns {Promise<T|undefined>}
 */
async function run(mode, act) {
  try {
    const store = (await database()).transaction(shelf, mode).objectStore(shelf);
    return await new Promise((resolve, reject) => {
      const asking = act(store);
      asking.onsuccess = () => resolve(asking.result);
      asking.onerror = () => reject(asking.error);
    });
  } catch {
    return undefined;
  }
}

/**
 * Keeps a picture under the server's name for it.
 * @param {string} id
 * @param {Blob} blob
 */
export async function keep(id, blob) {
  await run("readwrite", (store) => store.put({ id, blob, at: Date.now() }));
  const names = await run("readonly", (store) => /** @type {IDBRequest<any[]>} */ (store.index("at").getAllKeys()));
  for (const old of (names ?? []).slice(0, -most)) await run("readwrite", (store) => store.delete(old));
}

/**
 * @param {string} id
 * @returns {Promise<Blob|undefined>}
 */
export async function kept(id) {
  return (await run("readonly", (store) => store.get(id)))?.blob;
}

/** Forgets all of them: somebody else is here. */
export const forgetKept = () => run("readwrite", (store) => store.clear());
