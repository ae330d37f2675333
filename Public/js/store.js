/**
 * The page's state in one place: components read it and are told which parts changed.
 */

/**
 * @template {Record<string, any>} S
 * @param {S} state
 */
export function createStore(state) {
  /** @type {Set<{keys: Set<string>, run: () => void}>} */
  const listeners = new Set();
  /** @type {(() => void)[]|null} where `scoped` collects what its build listens to */
  let collector = null;
  /** @type {Set<string>} */
  let dirty = new Set();

  function flush() {
    const keys = dirty;
    dirty = new Set();
    for (const listener of listeners) {
      for (const key of keys) {
        if (listener.keys.has(key)) {
          listener.run();
          break;
        }
      }
    }
  }

  /**
   * Tells that the part `key` was changed in place.
   * @param {keyof S & string} key
   */
  function touch(key) {
    // One round of updates a microtask, however many events arrived together.
    if (dirty.size === 0) queueMicrotask(flush);
    dirty.add(key);
  }

  return {
    state,
    touch,
    /**
     * Replaces parts of the state.
     * @param {Partial<S>} patch
     */
    set(patch) {
      for (const key of Object.keys(patch)) {
        if (state[key] === patch[key]) continue;
        // @ts-ignore: the keys of a partial state are keys of the state
        state[key] = patch[key];
        touch(key);
      }
    },
    /**
     * Calls `run` now and whenever one of `keys` changes.
     * @param {(keyof S & string)[]} keys
     * @param {() => void} run
     */
    on(keys, run) {
      const listener = { keys: new Set(keys), run };
      listeners.add(listener);
      collector?.push(() => listeners.delete(listener));
      run();
    },
    /**
     * Calls `stop` when the part being built by `scoped` is thrown away.
     * @param {() => void} stop
     */
    atEnd(stop) {
      collector?.push(stop);
    },
    /**
     * Builds something that will be thrown away.
     * @template T
     * @param {() => T} build
     * @returns {{made: T, end: () => void}} `end` stops everything it listens to
     */
    scoped(build) {
      /** @type {(() => void)[]} */
      const ends = [];
      const outer = collector;
      collector = ends;
      const made = build();
      collector = outer;
      return { made, end: () => ends.forEach((stop) => stop()) };
    },
  };
}
