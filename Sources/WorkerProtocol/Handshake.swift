import Generation

/// What both halves of the handshake compute.
///
/// The proofs show only who the peer is: the link itself is plain, so between hosts it goes through SSH.
public enum Handshake {
  /// The version both sides must speak.
  public static let version: UInt16 = 1
  /// Bytes of a nonce.
  public static let nonceBytes = 32

  /// A nonce from the system's generator.
  public static func randomNonce() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<nonceBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }

  /// The message a worker proves itself with: every part but the name has a fixed length, so no two
  /// different sets of parts give the same bytes.
  static func workerMessage(_ hello: HandshakeHello, serverNonce: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.write(Array("w".utf8))
    writer.write(hello.version)
    writer.write(Array(hello.worker.rawValue.utf8))
    writer.write(serverNonce)
    writer.write(hello.nonce)
    return writer.bytes
  }

  /// The message the server proves itself with.
  static func serverMessage(workerNonce: [UInt8], serverNonce: [UInt8]) -> [UInt8] {
    Array("s".utf8) + workerNonce + serverNonce
  }
}
