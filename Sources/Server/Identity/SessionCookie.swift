import Generation
import HTTPTypes
import Hashes

/// The cookie that makes a browser a user: one of its own, or the one that logged in.
enum SessionCookie {
  /// The cookie's name over clear text.
  static let name = "sid"
  /// The cookie's name where the browser's connection is encrypted: no other host can set it (RFC 6265bis
  /// section 4.1.3.2).
  static let secureName = "__Host-sid"
  /// How long a browser without an account is remembered after its last visit.
  static let anonymousDays = 365
  /// How long a log-in lasts after the last visit.
  static let accountDays = 30
  private static let tokenBytes = 32

  /// A new secret: 256 random bits in base64url.
  static func newToken() -> String { RandomName.random(bytes: tokenBytes) }

  /// The session token of a visit, or nil when there is none of the right shape.
  static func token(of visit: Visit) -> String? {
    token(in: visit.fields[.cookie], name: visit.isSecure ? secureName : name)
  }

  /// The session token in a `Cookie` header, or nil when there is none of the right shape.
  static func token(in header: String?, name: String = name) -> String? {
    guard let header else { return nil }
    for pair in header.split(separator: ";") {
      let trimmed = pair.drop { $0 == " " || $0 == "\t" }
      guard trimmed.hasPrefix(name + "=") else { continue }
      let value = trimmed.dropFirst(name.count + 1)
      if RandomName.isValid(value, bytes: tokenBytes) { return String(value) }
    }
    return nil
  }

  /// The user a token of `--access open` stands for: part of its SHA-256, so that the database never holds
  /// a token.
  static func user(of token: String) -> UserID {
    let digest = SHA256.hash(data: Array("atelier session \(token)".utf8))
    return UserID(RandomName.base64URL(digest.prefix(16)))
  }

  /// What the database knows of a log-in's token.
  static func sha256(of token: String) -> String { SHA256.text(of: Array(token.utf8)) }

  /// The `Set-Cookie` value that gives the browser its token for so many days.
  static func header(_ token: String, for visit: Visit, days: Int) -> String {
    let secure = visit.isSecure ? "; Secure" : ""
    return "\(visit.isSecure ? secureName : name)=\(token); Path=/; Max-Age=\(days * 86_400); HttpOnly"
      + "; SameSite=Strict\(secure)"
  }

  /// The `Set-Cookie` value that takes it away.
  static func removal(for visit: Visit) -> String { header("", for: visit, days: 0) }
}
