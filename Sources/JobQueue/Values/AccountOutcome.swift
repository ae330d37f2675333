/// What became of an account that was to be made or changed.
public enum AccountOutcome: Equatable, Sendable {
  /// It was made or changed, and is now so.
  case done(AccountRecord)
  /// Another account has the name.
  case nameTaken
  /// The invitation is unknown, used or over.
  case badInvitation
  /// There is no such account.
  case unknown
  /// No admin who may log in would be left.
  case lastAdmin
}
