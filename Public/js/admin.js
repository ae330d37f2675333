/**
 * The routes of the admin view.
 */
import { call } from "./api.js";

const name = encodeURIComponent;

/**
 * @param {string} path
 * @param {string} method
 * @param {any} [body]
 */
const change = (path, method, body) => call(`/api/admin/${path}`, { method, body });

/**
 * @typedef {{id: string, name: string, device: string, state: "ready"|"busy"|"offline", drained: boolean, connected: boolean,
 *   last_heard_seconds: number|null, job: null|{id: string, attempt: number, lease_seconds: number|null},
 *   attempts: number, memory_bytes: number|null, memory_total_bytes: number|null,
 *   utilisation: number|null}} Worker
 * @typedef {{version: string, uptime_seconds: number, queue: {waiting: number, running: number}, sockets: number,
 *   disk: {free_bytes: number, images_bytes: number, database_bytes: number, free_floor_bytes: number},
 *   workers: Worker[]}} Overview
 * @typedef {{id: string, owner: {id: string, name: string}, state: import("./types.js").JobState,
 *   position: number|null, model: string, width: number, height: number, steps: number, batch_count: number,
 *   attempt: number, worker_id: string|null, created_at: string, started_at: string|null}} QueuedJob
 * @typedef {{id: string, name: string, kind: "account"|"anonymous"|"local", role: "user"|"admin", disabled: boolean,
 *   created_at: string, last_login_at: string|null, jobs: number, open_jobs: number, images: number,
 *   image_bytes: number}} Person
 * @typedef {{id: string, role: "user"|"admin", created_at: string, expires_at: string,
 *   used_by: null|{id: string, name: string}}} Invitation
 * @typedef {{number: number, at: string, actor: {id: string, name: string}|null, action: string, subject: string|null,
 *   detail: any}} Entry
 */
export const admin = {
  /** @returns {Promise<Overview>} */
  overview: () => call("/api/admin/overview"),

  /**
   * @param {string} id
   * @param {boolean} drained
   */
  drain: (id, drained) => change(`workers/${name(id)}/drain`, "POST", { drained }),

  /** @returns {Promise<QueuedJob[]>} */
  jobs: async () => (await call("/api/admin/jobs")).jobs,

  /** @param {string} id */
  requeue: (id) => change(`jobs/${name(id)}/requeue`, "POST", {}),

  /** @param {string} id */
  fail: (id) => change(`jobs/${name(id)}/fail`, "POST", {}),

  /** @returns {Promise<Person[]>} */
  users: async () => (await call("/api/admin/users")).users,

  /**
   * @param {string} id
   * @param {{role?: string, disabled?: boolean, password?: string}} patch
   */
  changeUser: (id, patch) => change(`users/${name(id)}`, "PATCH", patch),

  /** @returns {Promise<Invitation[]>} */
  invitations: async () => (await call("/api/admin/invitations")).invitations,

  /**
   * @param {{role: string, expires_hours: number}} body
   * @returns {Promise<Invitation & {code: string}>}
   */
  invite: (body) => change("invitations", "POST", body),

  /** @param {string} id */
  deleteInvitation: (id) => change(`invitations/${name(id)}`, "DELETE"),

  /**
   * Newest first, older than the entry `before`.
   * @param {{limit: number, before?: number}} page
   * @returns {Promise<Entry[]>}
   */
  async audit({ limit, before }) {
    const query = new URLSearchParams({ limit: String(limit) });
    if (before !== undefined) query.set("before", String(before));
    return (await call(`/api/admin/audit?${query}`)).entries;
  },
};
