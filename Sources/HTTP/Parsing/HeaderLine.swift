internal import HTTPTypes

/// One header line.
///
/// RFC 9112 section 5, RFC 9110 sections 5.1 and 5.5.
enum HeaderLine {
  /// Parses `name: value`; a fold, a space before the colon and control bytes are errors.
  static func parse(_ line: ArraySlice<UInt8>) throws(HTTPParseError) -> HTTPField {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw .badHeader }
    let nameBytes = line[..<colon]
    guard let name = name(nameBytes) else { throw .badHeader }
    var value = line[(colon + 1)...]
    while let byte = value.first, isBlank(byte) { value.removeFirst() }
    while let byte = value.last, isBlank(byte) { value.removeLast() }
    guard value.allSatisfy(isValueByte) else { throw .badHeader }
    return HTTPField(name: name, value: value)
  }

  private static func name(_ bytes: ArraySlice<UInt8>) -> HTTPField.Name? {
    if bytes.count < known.count,
      let known = known[bytes.count].first(where: { bytes.elementsEqual($0.bytes) })
    {
      return known.name
    }
    guard !bytes.isEmpty, bytes.allSatisfy(isTokenByte) else { return nil }
    return HTTPField.Name(String(decoding: bytes, as: UTF8.self))
  }

  /// The names that nearly every request is made of, by their length, so that they need not be checked and
  /// folded each time; exactly as they are sent, for a name keeps its case.
  private static let known: [[(bytes: [UInt8], name: HTTPField.Name)]] = {
    let names = [
      "Host", "User-Agent", "Accept", "Accept-Encoding", "Accept-Language", "Connection", "Cookie", "Referer",
      "Origin", "Content-Type", "Content-Length", "If-None-Match", "If-Modified-Since", "Cache-Control",
      "Sec-Fetch-Site", "Sec-Fetch-Mode", "Sec-Fetch-Dest", "X-Forwarded-For", "X-Forwarded-Proto",
    ]
    var table = [[(bytes: [UInt8], name: HTTPField.Name)]](repeating: [], count: 20)
    for text in names + names.map({ $0.lowercased() }) {
      if let name = HTTPField.Name(text) { table[text.utf8.count].append((Array(text.utf8), name)) }
    }
    return table
  }()

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
