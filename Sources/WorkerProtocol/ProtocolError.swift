/// Why bytes of the worker link, a handshake or a shared secret were refused.
///
/// Every case but the secret's drops the link: nothing after a bad frame can be trusted.
public enum ProtocolError: Error, Equatable, Sendable {
  /// The type byte is not a type this side accepts now.
  case unexpectedType(UInt8)
  /// A length smaller than an empty frame's.
  case frameTooShort(length: Int, minimum: Int)
  /// A payload over its type's limit; found before any of it is kept.
  case payloadTooLong(type: FrameType, length: Int, limit: Int)
  /// The checksum at the end does not match the frame.
  case checksumMismatch(expected: UInt32, found: UInt32)
  /// The payload is not what its type says it holds.
  case malformedPayload(type: FrameType, expected: String)
  /// The job or attempt number is missing where one is needed, or present where none may be.
  case malformedAttempt(type: FrameType)
  /// The peer speaks another version of the protocol.
  case versionMismatch(expected: UInt16, found: UInt16)
  /// The peer did not prove that it knows the shared secret, or spoke out of turn.
  case handshakeRefused
  /// Text that should be a secret is not 64 hexadecimal digits.
  case malformedSecret
  /// The secret's file can be read by others than its owner.
  case secretFileTooOpen(mode: UInt32)
  /// The secret's file could not be read or written.
  case secretFileFailed(operation: String, errno: Int32)
}

extension ProtocolError: CustomStringConvertible {
  /// What was expected and what was found, without content of the peer.
  public var description: String {
    switch self {
    case .unexpectedType(let type):
      "expected a frame type this side accepts; got 0x\(String(type, radix: 16))"
    case .frameTooShort(let length, let minimum):
      "expected a frame length of at least \(minimum); got \(length)"
    case .payloadTooLong(let type, let length, let limit):
      "expected at most \(limit) bytes in a frame of type \(type); got \(length)"
    case .checksumMismatch(let expected, let found):
      "expected frame checksum \(String(expected, radix: 16)); got \(String(found, radix: 16))"
    case .malformedPayload(let type, let expected):
      "frame of type \(type): expected \(expected)"
    case .malformedAttempt(let type):
      "frame of type \(type): its job and attempt numbers do not suit its type"
    case .versionMismatch(let expected, let found):
      "expected protocol version \(expected); the peer speaks \(found)"
    case .handshakeRefused:
      "the peer did not prove that it knows the shared secret"
    case .malformedSecret:
      "expected a secret of 64 hexadecimal digits"
    case .secretFileTooOpen(let mode):
      "expected the secret's file to have mode 0600; it has 0\(String(mode, radix: 8))"
    case .secretFileFailed(let operation, let errno):
      "the secret's file: \(operation) failed with errno \(errno)"
    }
  }
}
