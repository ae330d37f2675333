import Foundation

/// A password as it was typed, in normalisation form C, so that every keyboard's é is the same.
struct Password: Sendable {
  /// The bytes that are hashed.
  let bytes: [UInt8]

  /// Any text, for a log-in: what was never allowed as a password is simply wrong.
  init(attempt: String) { bytes = Array(attempt.precomposedStringWithCanonicalMapping.utf8.prefix(1024)) }

  /// A new password of 8 to 128 characters, with no rule about which (NIST SP 800-63B section 5.1.1.2).
  ///
  /// - Throws: 422 `bad_password` for the field of that name.
  init(new text: String, field: String) throws(APIError) {
    let count = text.precomposedStringWithCanonicalMapping.unicodeScalars.count
    guard (8...128).contains(count) else {
      throw .invalid(
        "bad_password", "\(field) must have 8 to 128 characters; got \(count)", field: field)
    }
    self.init(attempt: text)
  }
}
