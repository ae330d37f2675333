/// Why scrypt made no key.
public struct ScryptError: Error, Equatable, CustomStringConvertible {
  /// OpenSSL's words.
  let reason: String

  /// A sentence for logs.
  public var description: String { "scrypt failed: \(reason)" }
}
