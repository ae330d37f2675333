public import FoundationEssentials
public import Generation

/// Who there is, and which browsers act for them.
public protocol UserStore: Sendable {
  /// Makes the user if there is none of that name.
  func ensureUser(_ id: UserID, kind: UserKind) async throws(JobQueueError)

  /// Whether the user has ever made anything here, or has an account.
  func isKnown(_ id: UserID) async throws(JobQueueError) -> Bool

  /// The account of a session's user, and the session lasts until `expires`, a year in all at most; nil
  /// when there is none, it is over, or the person is shut out.
  ///
  /// - Parameter tokenSHA256: of the session's cookie, lower-case hexadecimal.
  func touchSession(tokenSHA256: String, expires: Date) async throws(JobQueueError) -> AccountRecord?

  /// Ends a session.
  func closeSession(tokenSHA256: String) async throws(JobQueueError)
}
