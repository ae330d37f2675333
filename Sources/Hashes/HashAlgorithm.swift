internal import CHashes

/// The functions of FIPS 180-4 that are asked for.
struct HashAlgorithm {
  static let sha1 = HashAlgorithm(number: CInt(CHASHES_SHA1), byteCount: 20)
  static let sha256 = HashAlgorithm(number: CInt(CHASHES_SHA256), byteCount: 32)

  let number: CInt
  private let byteCount: Int

  /// The digest of bytes that are all there.
  func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
    unsafe digest { unsafe chashes_digest(number, bytes.baseAddress, bytes.count, $0) }
  }

  /// The digest that `write` writes, and says 1.
  func digest(_ write: (UnsafeMutablePointer<UInt8>?) -> CInt) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      guard unsafe write(buffer.baseAddress) == 1 else { Self.fail() }
      count = byteCount
    }
  }

  /// Ends the process: OpenSSL fails here only where it has no memory or is not whole, and a hash that was not made
  /// must never be taken for one.
  static func fail() -> Never { fatalError("libcrypto could not make a hash; is there no memory?") }
}
