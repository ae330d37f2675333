import FoundationEssentials
import Hashes

/// The 32 random bytes that server and workers share; never printed.
public struct SharedSecret: Equatable, Sendable, CustomStringConvertible, CustomReflectable {
  /// Bytes of a secret.
  public static let byteCount = 32
  private let bytes: [UInt8]

  /// Makes a new secret from the system's generator, or from another in tests.
  public static func random(using generator: inout some RandomNumberGenerator) -> SharedSecret {
    SharedSecret(bytes: (0..<byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  /// Makes a new secret from the system's generator.
  public static func random() -> SharedSecret {
    var generator = SystemRandomNumberGenerator()
    return random(using: &generator)
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  /// Reads the text form: 64 hexadecimal digits, white space around them allowed.
  ///
  /// - Throws: `ProtocolError.malformedSecret`.
  public init(hex text: some StringProtocol) throws(ProtocolError) {
    let digits = Array(text.utf8).filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
    guard digits.count == 2 * Self.byteCount else { throw .malformedSecret }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = Self.value(digits[index]), let low = Self.value(digits[index + 1]) else {
        throw .malformedSecret
      }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case 0x30...0x39: digit - 0x30
    case 0x41...0x46: digit - 0x41 + 10
    case 0x61...0x66: digit - 0x61 + 10
    default: nil
    }
  }

  /// The text form, 64 lower-case hexadecimal digits: only for the secret's file or an SSH standard input.
  public var hex: String { Hexadecimal.text(bytes) }

  /// HMAC-SHA256 of a message (RFC 2104), 32 bytes.
  func proof(for message: [UInt8]) -> [UInt8] {
    HMAC.authenticationCode(for: message, key: bytes)
  }

  /// Compares a proof in constant time.
  func isValid(_ proof: [UInt8], for message: [UInt8]) -> Bool {
    HMAC.isValid(proof, for: message, key: bytes)
  }

  /// Compares in constant time.
  public static func == (left: SharedSecret, right: SharedSecret) -> Bool {
    ConstantTime.equal(left.bytes, right.bytes)
  }

  /// Never the secret.
  public var description: String { "SharedSecret(…)" }
  /// Never the secret.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
