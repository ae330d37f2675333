public import FoundationEssentials
public import Generation

/// Who there is.
///
/// Accounts will add columns; owners are compared by `UserID` only.
public protocol UserStore: Sendable {
  /// Makes the user if there is none of that name.
  func ensureUser(_ id: UserID, kind: UserKind) async throws(JobQueueError)

  /// Opens a session for a user under the SHA-256 (lower-case hexadecimal) of its cookie.
  func openSession(tokenSHA256: String, user: UserID, expires: Date) async throws(JobQueueError)

  /// The session's user, and the session lasts until `expires`; nil when there is none or it is over.
  func touchSession(tokenSHA256: String, expires: Date) async throws(JobQueueError) -> UserID?

  /// Ends a session.
  func closeSession(tokenSHA256: String) async throws(JobQueueError)
}
