import Crypto
import Generation

/// The cookie that makes a browser a user of its own.
enum SessionCookie {
  /// The cookie's name.
  static let name = "sid"
  private static let tokenBytes = 32
  private static let yearSeconds = 365 * 24 * 3600

  /// A new secret: 256 random bits in base64url.
  static func newToken() -> String { RandomName.random(bytes: tokenBytes) }

  /// The session token in a `Cookie` header, or nil when there is none of the right shape.
  static func token(in header: String?) -> String? {
    guard let header else { return nil }
    for pair in header.split(separator: ";") {
      let trimmed = pair.drop { $0 == " " || $0 == "\t" }
      guard trimmed.hasPrefix(name + "=") else { continue }
      let value = trimmed.dropFirst(name.count + 1)
      if RandomName.isValid(value, bytes: tokenBytes) { return String(value) }
    }
    return nil
  }

  /// The user a token stands for: part of its SHA-256, so that the database never holds a token.
  static func user(of token: String) -> UserID {
    let digest = SHA256.hash(data: Array("atelier session \(token)".utf8))
    return UserID(RandomName.base64URL(digest.prefix(16)))
  }

  /// The `Set-Cookie` value that gives the browser its token for a year.
  static func header(_ token: String) -> String {
    "\(name)=\(token); Path=/; Max-Age=\(yearSeconds); HttpOnly; SameSite=Strict"
  }
}
