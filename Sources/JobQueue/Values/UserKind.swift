/// How a user came to be.
public enum UserKind: String, Sendable, CaseIterable {
  /// The one local user of `--access single`.
  case local
  /// A browser, known by its cookie.
  case anonymous
  /// A person with a password.
  case account
}
