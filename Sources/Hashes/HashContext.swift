internal import CHashes

/// Owns one of OpenSSL's running hashes.
@safe final class HashContext {
  private let algorithm: HashAlgorithm
  private let pointer: OpaquePointer

  init(_ algorithm: HashAlgorithm) {
    guard let pointer = unsafe chashes_new(algorithm.number) else { HashAlgorithm.fail() }
    self.algorithm = algorithm
    unsafe self.pointer = pointer
  }

  /// One that goes on from where another is.
  init(copying other: HashContext) {
    guard let pointer = unsafe chashes_copy(other.pointer) else { HashAlgorithm.fail() }
    algorithm = other.algorithm
    unsafe self.pointer = pointer
  }

  deinit { unsafe chashes_free(pointer) }

  func update(_ bytes: UnsafeRawBufferPointer) {
    guard unsafe chashes_update(pointer, bytes.baseAddress, bytes.count) == 1 else { HashAlgorithm.fail() }
  }

  /// The digest; nothing may follow.
  func finish() -> [UInt8] { unsafe algorithm.digest { unsafe chashes_finish(pointer, $0) } }
}
