/// Reads one JSON text (RFC 8259) strictly: one value, UTF-8, unique names, bounded depth and count.
///
/// The one liberty: the words `NaN`, `Infinity` and `-Infinity` are read as numbers without a value,
/// because the field that holds them can be named in the error then.
struct JSONParser {
  /// Deepest nesting of lists and objects.
  static let maxDepth = 16
  /// Most values in one text.
  static let maxValues = 4096

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0
  private var values = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The value that `bytes` spell.
  static func parse(_ bytes: [UInt8]) throws(JSONParseError) -> JSONValue {
    var parser = JSONParser(bytes)
    let value = try parser.value()
    parser.skipSpace()
    guard parser.position == bytes.count else {
      throw .unexpected(offset: parser.position, expected: "the end")
    }
    return value
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
  }

  private mutating func take(_ byte: UInt8, _ expected: String) throws(JSONParseError) {
    guard let found = current else { throw .unexpectedEnd }
    guard found == byte else { throw .unexpected(offset: position, expected: expected) }
    position += 1
  }

  private mutating func value() throws(JSONParseError) -> JSONValue {
    values += 1
    guard values <= Self.maxValues else { throw .tooManyValues(limit: Self.maxValues) }
    skipSpace()
    guard let byte = current else { throw .unexpectedEnd }
    switch byte {
    case UInt8(ascii: "{"): return .object(try object())
    case UInt8(ascii: "["): return .array(try array())
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: return try word()
    }
  }

  private mutating func enter() throws(JSONParseError) {
    position += 1
    depth += 1
    guard depth <= Self.maxDepth else { throw .tooDeep(limit: Self.maxDepth) }
    skipSpace()
  }

  private mutating func leave() {
    position += 1
    depth -= 1
  }

  private mutating func object() throws(JSONParseError) -> JSONObject {
    try enter()
    var object = JSONObject()
    // By code points: canonically equivalent names are different names to every other reader.
    var names: Set<[UInt8]> = []
    if current == UInt8(ascii: "}") {
      leave()
      return object
    }
    while true {
      skipSpace()
      guard let byte = current else { throw .unexpectedEnd }
      guard byte == UInt8(ascii: "\"") else { throw .unexpected(offset: position, expected: "a name") }
      let name = try string()
      skipSpace()
      try take(UInt8(ascii: ":"), "':'")
      object.append(name, try value())
      guard names.insert(Array(name.utf8)).inserted else { throw .duplicateName(name) }
      skipSpace()
      if current == UInt8(ascii: ",") {
        position += 1
        continue
      }
      guard current != nil else { throw .unexpectedEnd }
      guard current == UInt8(ascii: "}") else { throw .unexpected(offset: position, expected: "',' or '}'") }
      leave()
      return object
    }
  }

  private mutating func array() throws(JSONParseError) -> [JSONValue] {
    try enter()
    var items: [JSONValue] = []
    if current == UInt8(ascii: "]") {
      leave()
      return items
    }
    while true {
      items.append(try value())
      skipSpace()
      if current == UInt8(ascii: ",") {
        position += 1
        continue
      }
      guard current != nil else { throw .unexpectedEnd }
      guard current == UInt8(ascii: "]") else { throw .unexpected(offset: position, expected: "',' or ']'") }
      leave()
      return items
    }
  }

  private mutating func word() throws(JSONParseError) -> JSONValue {
    let words: [(StaticString, JSONValue)] = [
      ("true", .bool(true)), ("false", .bool(false)), ("null", .null),
      ("NaN", .number(JSONNumber(text: "NaN"))), ("Infinity", .number(JSONNumber(text: "Infinity"))),
    ]
    for (word, value) in words where starts(with: word.description) {
      position += word.utf8CodeUnitCount
      return value
    }
    throw .unexpected(offset: position, expected: "a value")
  }

  private func starts(with word: String) -> Bool {
    bytes[position...].starts(with: word.utf8)
  }

  private mutating func number() throws(JSONParseError) -> JSONNumber {
    let start = position
    if current == UInt8(ascii: "-") {
      position += 1
      if starts(with: "Infinity") {
        position += 8
        return JSONNumber(text: "-Infinity")
      }
    }
    if current == UInt8(ascii: "0") { position += 1 } else { try digits() }
    if current == UInt8(ascii: ".") {
      position += 1
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      position += 1
      if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
      try digits()
    }
    return JSONNumber(text: String(decoding: bytes[start..<position], as: UTF8.self))
  }

  private mutating func digits() throws(JSONParseError) {
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    if position == start {
      guard current != nil else { throw .unexpectedEnd }
      throw .unexpected(offset: position, expected: "a digit")
    }
  }
}

// MARK: - Strings

extension JSONParser {
  private mutating func string() throws(JSONParseError) -> String {
    let start = position
    position += 1
    var text: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let string = String(validating: text, as: UTF8.self) else { throw .notUnicode(offset: start) }
        return string
      case UInt8(ascii: "\\"): text += Array(String(Character(try escape())).utf8)
      case 0..<0x20: throw .unexpected(offset: position, expected: "an escape instead of a control character")
      default:
        text.append(byte)
        position += 1
      }
    }
    throw .unexpectedEnd
  }

  private mutating func escape() throws(JSONParseError) -> Unicode.Scalar {
    let start = position
    position += 1
    guard let byte = current else { throw .unexpectedEnd }
    position += 1
    switch byte {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape(start)
    default: throw .unexpected(offset: start, expected: "a known escape")
    }
  }

  private mutating func unicodeEscape(_ start: Int) throws(JSONParseError) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard (0xD800...0xDBFF).contains(first), starts(with: "\\u") else { throw .notUnicode(offset: start) }
    position += 2
    let second = try hexadecimal()
    guard (0xDC00...0xDFFF).contains(second) else { throw .notUnicode(offset: start) }
    guard let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) else {
      throw .notUnicode(offset: start)
    }
    return scalar
  }

  private mutating func hexadecimal() throws(JSONParseError) -> UInt32 {
    guard position + 4 <= bytes.count else { throw .unexpectedEnd }
    var result: UInt32 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
        throw .unexpected(offset: position, expected: "four hexadecimal digits")
      }
      result = result << 4 | UInt32(digit)
    }
    position += 4
    return result
  }
}
