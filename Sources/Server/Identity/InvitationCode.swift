import Hashes

/// The secret that lets one person make an account: 192 random bits, 32 characters.
struct InvitationCode: Sendable {
  private static let bytes = 24

  /// The text to hand on; shown once.
  let text: String

  /// A new one.
  init() { text = RandomName.random(bytes: Self.bytes) }

  /// One that was sent; nil when it has another shape.
  init?(_ text: String) {
    guard RandomName.isValid(text, bytes: Self.bytes) else { return nil }
    self.text = text
  }

  /// What the database knows of it.
  var sha256: String { SHA256.text(of: Array(text.utf8)) }
}
