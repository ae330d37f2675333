import Generation

extension APIError {
  /// 401: no user is known.
  static let noSession = APIError(
    status: 401,
    error: UserError(
      code: "no_session",
      message: "nobody is logged in; log in, or open the page, which makes a user where anybody may be one"))

  /// 401: an `Authorization` header that is no API token of ours.
  static let badToken = APIError(
    status: 401,
    error: UserError(
      code: "bad_token",
      message: "expected Authorization: Bearer sdk_… with an API token that is neither deleted nor over"))

  /// 401: name or password are wrong, and nobody is told which.
  static let wrongCredentials = APIError(
    status: 401, error: UserError(code: "wrong_credentials", message: "the name or the password is wrong"))

  /// 403: the right password of somebody who is shut out.
  static let accountDisabled = APIError(
    status: 403, error: UserError(code: "account_disabled", message: "an admin has closed this account"))

  /// 403: the API token is for other things.
  static func missingScope(_ scope: String) -> APIError {
    APIError(
      status: 403,
      error: UserError(code: "missing_scope", message: "this API token does not have the scope '\(scope)'"))
  }

  /// 403: an API token where a person is expected.
  static let sessionOnly = APIError(
    status: 403,
    error: UserError(code: "session_only", message: "an API token cannot do this; log in with a password"))

  /// 403: somebody who is no admin.
  static let adminOnly = APIError(
    status: 403, error: UserError(code: "admin_only", message: "only an admin may do this"))

  /// 403: an admin has shut this browser out.
  static let banned = APIError(
    status: 403,
    error: UserError(code: "banned", message: "an admin of this server has shut this browser out"))

  /// 404: there are no accounts in this mode.
  static let noAccounts = APIError(
    status: 404,
    error: UserError(
      code: "no_accounts", message: "this server has no accounts; it was not started with --access accounts"))

  /// 429: too many wrong passwords.
  static func tooManyLogins(retryAfter seconds: Int) -> APIError {
    APIError(
      status: 429,
      error: UserError(
        code: "too_many_logins", message: "too many tries to log in; try again in \(seconds) s"),
      retryAfterSeconds: seconds)
  }

  /// 503: too many passwords wait to be checked.
  static let loginBusy = APIError(
    status: 503,
    error: UserError(code: "login_busy", message: "many people are logging in; try again"),
    retryAfterSeconds: 2)
}
