/// Checks UTF-8 that arrives in pieces, failing at the first byte that cannot be right.
///
/// Unicode 15 table 3-7: no overlong forms, no surrogates, nothing above U+10FFFF.
struct UTF8Validator: Sendable {
  private var expected = 0
  /// What the next continuation byte may be; narrower after some lead bytes.
  private var lower: UInt8 = 0x80
  private var upper: UInt8 = 0xBF

  /// Whether the text does not end inside a character.
  var isComplete: Bool { expected == 0 }

  /// Takes the next bytes.
  ///
  /// Returns false when the text is not UTF-8.
  mutating func accept(_ bytes: some Sequence<UInt8>) -> Bool {
    for byte in bytes {
      if expected == 0 {
        if byte < 0x80 { continue }
        guard begin(byte) else { return false }
      } else {
        guard lower...upper ~= byte else { return false }
        expected -= 1
        lower = 0x80
        upper = 0xBF
      }
    }
    return true
  }

  private mutating func begin(_ byte: UInt8) -> Bool {
    switch byte {
    case 0xC2...0xDF: expected = 1
    case 0xE0...0xEF:
      expected = 2
      if byte == 0xE0 { lower = 0xA0 }
      if byte == 0xED { upper = 0x9F }
    case 0xF0...0xF4:
      expected = 3
      if byte == 0xF0 { lower = 0x90 }
      if byte == 0xF4 { upper = 0x8F }
    default: return false
    }
    return true
  }
}
