/// A hash of bytes that come in pieces; a copy goes on by itself.
struct HashState {
  private var context: HashContext

  init(_ algorithm: HashAlgorithm) { context = HashContext(algorithm) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    if !isKnownUniquelyReferenced(&context) { context = HashContext(copying: context) }
    unsafe context.update(bytes)
  }

  /// The digest of all bytes so far; more may follow.
  func finalize() -> [UInt8] { HashContext(copying: context).finish() }
}
