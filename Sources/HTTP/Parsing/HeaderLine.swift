internal import HTTPTypes

/// One header line.
///
/// RFC 9112 section 5, RFC 9110 sections 5.1 and 5.5.
enum HeaderLine {
  /// Parses `name: value`; a fold, a space before the colon and control bytes are errors.
  static func parse(_ line: ArraySlice<UInt8>) throws(HTTPParseError) -> HTTPField {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .badHeader }
    let nameBytes = line[..<colon]
    guard !nameBytes.isEmpty, nameBytes.allSatisfy(isTokenByte),
      let name = HTTPField.Name(String(decoding: nameBytes, as: UTF8.self))
    else { throw .badHeader }
    var value = line[(colon + 1)...]
    while let byte = value.first, isBlank(byte) { value.removeFirst() }
    while let byte = value.last, isBlank(byte) { value.removeLast() }
    guard value.allSatisfy(isValueByte) else { throw .badHeader }
    return HTTPField(name: name, value: value)
  }

  /// tchar of RFC 9110 section 5.6.2.
  static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
    default: false
    }
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

  private static func isValueByte(_ byte: UInt8) -> Bool {
    byte == 0x09 || (byte >= 0x20 && byte != 0x7F)
  }
}

/// The members of a comma-separated header, without blanks around them and without empty ones.
func listMembers(_ values: [String]) -> [String] {
  values.flatMap { value in
    value.split(separator: ",").map { part in
      String(part.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
  }.filter { !$0.isEmpty }
}
