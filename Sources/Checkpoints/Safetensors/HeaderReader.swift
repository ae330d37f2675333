import Glibc

/// A reader of the JSON that safetensors headers use: objects, arrays, strings and whole numbers.
///
/// Nothing recurses, so depth is bounded by the callers; every step checks the bounds first. Spaces and strings are
/// passed over by the C library's span functions: a stranger's header may be 100 MB of either.
struct HeaderReader {
  /// The header and a NUL, where the C library's functions end.
  private let bytes: [UInt8]
  private let count: Int
  private let file: String
  private var position = 0

  /// What ends a plain part of a string: the closing quote, an escape, and what may not be in one.
  private static let stringEnds: [CChar] = (0x01...0x1F) + [0x22, 0x5C, 0]
  private static let spaces: [CChar] = [0x20, 0x09, 0x0A, 0x0D, 0]

  init(_ bytes: consuming [UInt8], file: String) {
    count = bytes.count
    bytes.append(0)
    self.bytes = bytes
    self.file = file
  }

  /// The longest name of a tensor or a key, in bytes.
  private static let nameLimit = 4096
  /// Most numbers of a list: no tensor has as many dimensions.
  private static let listLimit = 64

  /// Reads `{"key": …}` and calls `member` for each key, which must read the value.
  mutating func object(
    _ member: (inout HeaderReader, String) throws(CheckpointError) -> Void
  ) throws(CheckpointError) {
    try expect("{")
    if take("}") { return }
    repeat {
      skipSpace()
      let key = try name()
      try expect(":")
      try member(&self, key)
    } while take(",")
    try expect("}")
  }

  /// Reads `[…]` of whole numbers.
  mutating func numbers() throws(CheckpointError) -> [Int] {
    try expect("[")
    if take("]") { return [] }
    var numbers: [Int] = []
    repeat {
      guard numbers.count < Self.listLimit else { throw error("at most \(Self.listLimit) numbers in a list") }
      numbers.append(try number())
    } while take(",")
    try expect("]")
    return numbers
  }

  /// Reads a string that is a name: longer ones are refused.
  mutating func name() throws(CheckpointError) -> String {
    let text = try string()
    guard text.utf8.count <= Self.nameLimit else { throw error("a name of at most \(Self.nameLimit) bytes") }
    return text
  }

  /// Reads a string, with escapes resolved.
  mutating func string() throws(CheckpointError) -> String {
    try expect("\"")
    var content: [UInt8] = []
    while true {
      let start = position
      position += plainLength()
      guard position < count else { throw error("a closing quote") }
      switch bytes[position] {
      case UInt8(ascii: "\""):
        defer { position += 1 }
        // Without escapes, as names are, nothing is copied first.
        if content.isEmpty { return try text(bytes[start..<position]) }
        return try text((content + bytes[start..<position])[...])
      case UInt8(ascii: "\\"):
        content += bytes[start..<position]
        position += 1
        try escape(into: &content)
      default:
        throw error("no control characters in a string")
      }
    }
  }

  private func text(_ content: ArraySlice<UInt8>) throws(CheckpointError) -> String {
    guard let text = String(validating: content, as: UTF8.self) else { throw error("UTF-8") }
    return text
  }

  /// Fails unless nothing but spaces is left.
  mutating func end() throws(CheckpointError) {
    skipSpace()
    guard position == count else { throw error("nothing but spaces after the header") }
  }

  /// An error at the present place.
  func error(_ expected: String) -> CheckpointError {
    let found = position < count ? "byte \(bytes[position])" : "the end of the header"
    return .malformedHeader(file: file, offset: position, expected: expected, found: found)
  }

  private mutating func number() throws(CheckpointError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < count, case 0x30...0x39 = bytes[position] {
      let (tens, overflowed) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflowedToo) = tens.addingReportingOverflow(Int(bytes[position] - 0x30))
      guard !overflowed, !overflowedToo else { throw error("a number below 2^63") }
      value = sum
      position += 1
    }
    guard position > start else { throw error("a whole number") }
    guard bytes[start] != 0x30 || position == start + 1 else { throw error("no leading zero") }
    return value
  }

  private mutating func escape(into content: inout [UInt8]) throws(CheckpointError) {
    guard position < count else { throw error("an escape") }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"): content.append(contentsOf: try unicodeEscape().utf8)
    default: throw error("a JSON escape")
    }
  }

  private mutating func unicodeEscape() throws(CheckpointError) -> String {
    var value = UInt32(try fourHexDigits())
    if (0xD800..<0xDC00).contains(value) {
      guard position + 1 < count, bytes[position] == UInt8(ascii: "\\"),
        bytes[position + 1] == UInt8(ascii: "u")
      else { throw error("the second half of a surrogate pair") }
      position += 2
      let low = UInt32(try fourHexDigits())
      guard (0xDC00..<0xE000).contains(low) else { throw error("the second half of a surrogate pair") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw error("a Unicode scalar value") }
    return String(Character(scalar))
  }

  private mutating func fourHexDigits() throws(CheckpointError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard position < count else { throw error("four hexadecimal digits") }
      let digit: UInt8
      switch bytes[position] {
      case 0x30...0x39: digit = bytes[position] - 0x30
      case 0x41...0x46: digit = bytes[position] - 0x41 + 10
      case 0x61...0x66: digit = bytes[position] - 0x61 + 10
      default: throw error("four hexadecimal digits")
      }
      value = value << 4 | UInt16(digit)
      position += 1
    }
    return value
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(CheckpointError) {
    guard take(character) else { throw error("'\(character)'") }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard position < count, UInt32(bytes[position]) == character.value else { return false }
    position += 1
    return true
  }

  /// Passes over the four white-space characters of JSON.
  mutating func skipSpace() {
    if bytes[position] <= 0x20 { position += spaceLength() }
  }

  /// How many bytes from here on are white space.
  private func spaceLength() -> Int {
    unsafe bytes[position...].withUnsafeBytes { rest in
      guard let text = unsafe rest.assumingMemoryBound(to: CChar.self).baseAddress else { return 0 }
      return unsafe strspn(text, Self.spaces)
    }
  }

  /// How many bytes from here on stand for themselves in a string.
  private func plainLength() -> Int {
    unsafe bytes[position...].withUnsafeBytes { rest in
      guard let text = unsafe rest.assumingMemoryBound(to: CChar.self).baseAddress else { return 0 }
      return unsafe strcspn(text, Self.stringEnds)
    }
  }
}
