internal import CHashes

/// scrypt (RFC 7914): a key from a password, dear in memory.
public enum Scrypt {
  /// Derives a key; takes 128 · `blockSize` · `rounds` bytes of memory, which the caller has bounded.
  /// - Parameters:
  ///   - rounds: The RFC's N, a power of two.
  ///   - blockSize: The RFC's r.
  ///   - parallelism: The RFC's p.
  /// - Throws: `ScryptError` for parameters that scrypt does not have, and where the memory is not to be had.
  public static func deriveKey(
    from password: [UInt8], salt: [UInt8], byteCount: Int, rounds: Int, blockSize: Int, parallelism: Int
  ) throws(ScryptError) -> [UInt8] {
    guard byteCount > 0, rounds > 0, blockSize > 0, parallelism > 0 else {
      throw ScryptError(reason: "expected numbers above 0")
    }
    var key = [UInt8](repeating: 0, count: byteCount)
    var reason = [CChar](repeating: 0, count: 200)
    let made = unsafe password.withUnsafeBufferPointer { password in
      unsafe salt.withUnsafeBufferPointer { salt in
        unsafe chashes_scrypt(
          password.baseAddress, password.count, salt.baseAddress, salt.count, UInt64(rounds),
          UInt64(blockSize), UInt64(parallelism), &key, byteCount, &reason)
      }
    }
    guard made == 1 else {
      throw ScryptError(
        reason: String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    return key
  }
}
