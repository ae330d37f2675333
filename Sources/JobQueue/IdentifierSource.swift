/// Makes public names: 128 random bits in base64url (RFC 4648 §5), 22 characters without padding.
public struct IdentifierSource: Sendable {
  private static let digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
  private let bits: @Sendable () -> (UInt64, UInt64)

  /// Takes names from a source of 128 bits.
  public init(_ bits: @escaping @Sendable () -> (UInt64, UInt64)) { self.bits = bits }

  /// Names nobody can guess, from the system's generator.
  public static let random = IdentifierSource {
    var generator = SystemRandomNumberGenerator()
    return (generator.next(), generator.next())
  }

  /// The next name.
  func next() -> String {
    let (high, low) = bits()
    var name: [UInt8] = []
    // 21 digits of six bits take 126 of the 128; the last digit has two and four zero bits of padding.
    for index in 0..<22 {
      let start = 128 - 6 * (index + 1)
      let digit: UInt64
      if start >= 64 {
        digit = high >> UInt64(start - 64)
      } else if start > 58 {
        digit = high << UInt64(64 - start) | low >> UInt64(start)
      } else if start >= 0 {
        digit = low >> UInt64(start)
      } else {
        digit = low << UInt64(-start)
      }
      name.append(Self.digits[Int(digit & 63)])
    }
    return String(decoding: name, as: UTF8.self)
  }
}
