internal import CHashes

/// HMAC-SHA-256 (RFC 2104).
public enum HMAC {
  private static let byteCount = 32

  /// The code of a message, 32 bytes.
  public static func authenticationCode(for message: [UInt8], key: [UInt8]) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { code, count in
      let made = unsafe key.withUnsafeBufferPointer { key in
        unsafe message.withUnsafeBufferPointer { message in
          unsafe chashes_hmac_sha256(
            key.baseAddress, key.count, message.baseAddress, message.count, code.baseAddress)
        }
      }
      guard made == 1 else { HashAlgorithm.fail() }
      count = byteCount
    }
  }

  /// Whether `code` is the message's, in time that does not depend on how wrong it is.
  public static func isValid(_ code: [UInt8], for message: [UInt8], key: [UInt8]) -> Bool {
    ConstantTime.equal(code, authenticationCode(for: message, key: key))
  }
}
