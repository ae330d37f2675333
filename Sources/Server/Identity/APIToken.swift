import Hashes

/// The secret by which a program acts for a person: `sdk_` and 256 random bits in base64url.
struct APIToken: Sendable {
  private static let prefix = "sdk_"
  private static let secretBytes = 32

  /// The text a program sends; shown once.
  let text: String

  /// A new one.
  init() { text = Self.prefix + RandomName.random(bytes: Self.secretBytes) }

  /// One that was sent; nil when it has another shape.
  init?(_ text: String) {
    guard text.hasPrefix(Self.prefix),
      RandomName.isValid(text.dropFirst(Self.prefix.count), bytes: Self.secretBytes)
    else { return nil }
    self.text = text
  }

  /// What the database knows of it.
  var sha256: String { SHA256.text(of: Array(text.utf8)) }
}
