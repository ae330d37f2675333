/**
 * The server's event stream: a WebSocket that comes back by itself and asks for what it missed.
 */

const shortest = 500;
const longest = 15000;

/**
 * Connects and stays connected until it is stopped.
 * @param {{onEvent: (event: any) => void, onOpen: () => void, onLost: (failures: number) => void,
 *   onEnded: () => Promise<void>}} handlers `onEnded`: the session is over; it connects again afterwards
 */
export function connect({ onEvent, onOpen, onLost, onEnded }) {
  /** @type {WebSocket|null} */
  let socket = null;
  /** @type {number|null} newest event seen; asked for everything after it when connecting again */
  let seen = null;
  let failures = 0;
  let lastMessage = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  const stopping = new AbortController();
  const { signal } = stopping;

  function open() {
    clearTimeout(timer);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = seen === null ? "" : `?since=${seen}`;
    const opened = new WebSocket(`${scheme}//${location.host}/api/events${query}`);
    socket = opened;
    opened.onopen = () => {
      if (socket !== opened) return;
      failures = 0;
      lastMessage = Date.now();
      onOpen();
    };
    opened.onmessage = (message) => {
      if (socket !== opened) return;
      lastMessage = Date.now();
      receive(message.data);
    };
    opened.onclose = (event) => {
      if (socket !== opened) return;
      socket = null;
      if (event.code === 4001) {
        onEnded().then(() => {
          if (!signal.aborted) timer = setTimeout(open, shortest);
        });
        return;
      }
      failures += 1;
      onLost(failures);
      // 4008: this user has many tabs open and the oldest gave way; do not push another out at once.
      const least = event.code === 4008 ? longest : shortest;
      const wait = Math.min(longest, least * 2 ** (failures - 1));
      timer = setTimeout(open, wait * (0.75 + Math.random() / 2));
    };
  }

  /** @param {string} text */
  function receive(text) {
    let event;
    try {
      event = JSON.parse(text);
    } catch {
      return;
    }
    if (typeof event.seq === "number") {
      const snapshot = event.type === "snapshot";
      if (!snapshot && seen !== null && event.seq <= seen) return;
      // A snapshot restarts the count only where nothing follows it: at first, after a gap, on a new server.
      if (!snapshot || seen === null || event.gap || event.seq < seen) seen = event.seq;
    }
    onEvent(event);
  }

  /** Tries at once, when the network or the reader comes back. */
  function hurry() {
    if (socket || signal.aborted) return;
    failures = 0;
    open();
  }

  addEventListener("online", hurry, { signal });
  // Told to be offline, a browser may keep a dead socket for minutes.
  addEventListener("offline", () => socket?.close(), { signal });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) hurry();
  }, { signal });
  open();

  return {
    /** Milliseconds since anything came. */
    silence: () => Date.now() - lastMessage,
    hurry,
    /** Ends it for good. */
    stop() {
      stopping.abort();
      clearTimeout(timer);
      const last = socket;
      socket = null;
      last?.close();
    },
  };
}
