/**
 * The server's HTTP routes, as functions. Every failure is an `APIError`.
 */

/** A refusal, or no answer at all (`status` 0). */
export class APIError extends Error {
  /**
   * @param {number} status
   * @param {import("./types.js").UserError} error
   * @param {number} [retryAfter] seconds
   */
  constructor(status, error, retryAfter) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.field = error.field;
    this.retryAfter = retryAfter;
  }

  /** Whether the same call may succeed later without being changed. */
  get isTemporary() {
    return this.status === 0 || this.status >= 500;
  }
}

let noSession = () => {};

/**
 * Names what is to be done when the server knows no session of this browser's.
 * @param {() => void} act
 */
export function onNoSession(act) {
  noSession = act;
}

/**
 * Asks one route.
 * @param {string} path
 * @param {{method?: string, body?: any, headers?: Record<string, string>, keepalive?: boolean, timeout?: number}} [options]
 */
export async function call(path, { method = "GET", body, headers = {}, keepalive = false, timeout = 20000 } = {}) {
  let response;
  try {
    response = await fetch(path, {
      method,
      keepalive,
      credentials: "same-origin",
      signal: AbortSignal.timeout(timeout),
      headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw refusal(0, "", null);
  }
  const text = await response.text().catch(() => "");
  /** @type {any} */
  let data = null;
  try {
    data = text ? JSON.parse(text) : null;
  } catch {
    // A proxy's HTML page, for example: the status alone then speaks.
  }
  if (response.ok) return data;
  const retryAfter = Number(response.headers.get("Retry-After")) || undefined;
  throw refusal(response.status, response.statusText, data, retryAfter);
}

/**
 * What an answer that is no success means; one without a session is told to whom it concerns.
 * @param {number} status 0: there was no answer
 * @param {string} text
 * @param {any} data
 * @param {number} [retryAfter] seconds
 */
export function refusal(status, text, data, retryAfter) {
  if (status === 0) return new APIError(0, { code: "unreachable", message: "the server did not answer" });
  const error = data?.error ?? { code: `http_${status}`, message: text };
  if (error.code === "no_session") noSession();
  return new APIError(status, error, retryAfter);
}

const name = encodeURIComponent;

export const api = {
  /** @returns {Promise<import("./types.js").Session>} */
  session: () => call("/api/session"),

  /** @returns {Promise<import("./types.js").Capabilities>} */
  capabilities: () => call("/api/capabilities"),

  /**
   * Newest first, older than the job `before`.
   * @param {{before?: string, limit?: number}} [page]
   * @returns {Promise<import("./types.js").Job[]>}
   */
  async jobs({ before, limit = 50 } = {}) {
    const query = new URLSearchParams({ limit: String(limit) });
    if (before) query.set("before", before);
    const data = await call(`/api/jobs?${query}`);
    return Array.isArray(data) ? data : data.jobs;
  },

  /**
   * @param {string} id
   * @returns {Promise<import("./types.js").Job>}
   */
  job: (id) => call(`/api/jobs/${name(id)}`),

  /**
   * One key a click: sending it again with the same key cannot make a second job.
   * @param {Record<string, any>} request
   * @param {string} key
   * @returns {Promise<import("./types.js").Job>}
   */
  submit: (request, key) =>
    call("/api/jobs", { method: "POST", body: request, headers: { "Idempotency-Key": key } }),

  /**
   * Many jobs with one request: a table over settings.
   * @param {Record<string, any>} request with `x`, `y` and `z`
   * @param {string} key
   * @returns {Promise<import("./types.js").Grid>}
   */
  submitGrid: (request, key) =>
    call("/api/grids", { method: "POST", body: request, headers: { "Idempotency-Key": key } }),

  /**
   * The newest tables.
   * @returns {Promise<import("./types.js").Grid[]>}
   */
  grids: async () => (await call("/api/grids")).grids,

  /**
   * @param {string} id
   * @returns {Promise<import("./types.js").Grid>}
   */
  grid: (id) => call(`/api/grids/${name(id)}`),

  /**
   * @param {string} id
   * @returns {Promise<import("./types.js").Grid>}
   */
  cancelGrid: (id) => call(`/api/grids/${name(id)}`, { method: "DELETE" }),

  /**
   * @param {string} id
   * @returns {Promise<import("./types.js").Job>}
   */
  cancel: (id) => call(`/api/jobs/${name(id)}`, { method: "DELETE" }),

  /**
   * @param {string} id
   * @param {boolean} favourite
   */
  setFavourite: (id, favourite) => call(`/api/images/${name(id)}`, { method: "PATCH", body: { favourite } }),

  /**
   * @param {string} id
   * @param {boolean} [leaving] the page is being closed
   */
  deleteImage: (id, leaving = false) => call(`/api/images/${name(id)}`, { method: "DELETE", keepalive: leaving }),
};

/** @param {string} id */
export const imageURL = (id) => `/api/images/${name(id)}`;

/** @param {string} id */
export const thumbnailURL = (id) => `/api/images/${name(id)}/thumbnail`;
