/// SHA-256 (FIPS 180-4 section 6.2).
public struct SHA256 {
  private var state = HashState(.sha256)

  /// A hash of nothing yet.
  public init() {}

  /// Adds bytes.
  public mutating func update(bufferPointer bytes: UnsafeRawBufferPointer) { unsafe state.update(bytes) }

  /// Adds bytes.
  public mutating func update(data: [UInt8]) {
    unsafe data.withUnsafeBytes { unsafe state.update($0) }
  }

  /// The digest of all bytes so far; more may follow.
  public func finalize() -> [UInt8] { state.finalize() }

  /// The digest of bytes that are all there.
  public static func hash(data: [UInt8]) -> [UInt8] {
    unsafe data.withUnsafeBytes { unsafe HashAlgorithm.sha256.hash($0) }
  }

  /// The same in lower-case hexadecimal.
  public static func text(of data: [UInt8]) -> String { Hexadecimal.text(hash(data: data)) }
}
