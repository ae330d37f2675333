/**
 * The routes of log-in and of one's own account.
 */
import { call } from "./api.js";

const name = encodeURIComponent;

/** @typedef {{id: string, name: string, scopes: string[], created_at: string, last_used_at: string|null, expires_at: string|null}} Token */
/** @typedef {import("./types.js").Session} Session */

export const accounts = {
  /**
   * @param {{name: string, password: string}} body
   * @returns {Promise<Session>}
   */
  logIn: (body) => call("/api/session", { method: "POST", body }),

  logOut: () => call("/api/session", { method: "DELETE" }),

  logOutEverywhere: () => call("/api/account/sessions", { method: "DELETE" }),

  /**
   * @param {{invitation: string, name: string, password: string}} body
   * @returns {Promise<Session>}
   */
  signUp: (body) => call("/api/accounts", { method: "POST", body }),

  /**
   * @param {{password: string, new_password: string}} body
   * @returns {Promise<Session>}
   */
  changePassword: (body) => call("/api/account", { method: "PATCH", body }),

  /** @returns {Promise<Token[]>} */
  tokens: async () => (await call("/api/account/tokens")).tokens,

  /**
   * @param {{name: string, scopes: string[], expires_days: number|null}} body
   * @returns {Promise<Token & {token: string}>}
   */
  createToken: (body) => call("/api/account/tokens", { method: "POST", body }),

  /** @param {string} id */
  deleteToken: (id) => call(`/api/account/tokens/${name(id)}`, { method: "DELETE" }),
};
