/// A response without its body: status and headers, read line by line as they come.
struct ResponseHead: Equatable, Sendable {
  /// The status; 0 before the first line.
  private(set) var status = 0
  private var fields: [String: String] = [:]

  /// More headers than any host of models sends.
  private static let limit = 200

  /// Takes a line; an informational or redirecting response before the last one is forgotten.
  /// - Returns: Whether the head is complete with it.
  mutating func take(_ line: String) -> Bool {
    if line.hasPrefix("HTTP/") {
      fields = [:]
      let words = line.split(separator: " ", maxSplits: 2)
      status = words.count > 1 ? Int(words[1]) ?? 0 : 0
      return false
    }
    if line.isEmpty { return status >= 200 }
    guard let colon = line.firstIndex(of: ":"), fields.count < Self.limit else { return false }
    let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
    fields[line[..<colon].lowercased()] = String(value)
    return false
  }

  /// A header by its name in lower case.
  subscript(_ name: String) -> String? { fields[name] }

  /// Whether it says where else to ask.
  var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) && self["location"] != nil }

  /// Bytes of the body, if it says so.
  var length: Int? { self["content-length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

  /// Its entity tag if it may be used to go on with a file: a strong one.
  var strongTag: String? {
    self["etag"].flatMap { $0.hasPrefix("\"") && $0.hasSuffix("\"") && $0.count > 2 ? $0 : nil }
  }

  /// The first byte and the whole size of `Content-Range: bytes 5-9/10`.
  var range: (first: Int, total: Int)? {
    guard let value = self["content-range"], value.hasPrefix("bytes ") else { return nil }
    let parts = value.dropFirst(6).split(separator: "/")
    guard parts.count == 2, let first = Int(parts[0].prefix { $0 != "-" }), let total = Int(parts[1]),
      first >= 0, total >= 0
    else { return nil }
    return (first, total)
  }

  /// The file's name in `Content-Disposition`, as far as its last slash.
  var fileName: String? {
    guard let value = self["content-disposition"] else { return nil }
    for part in value.split(separator: ";") {
      let pair = part.split(separator: "=", maxSplits: 1).map { $0.filter { $0 != "\"" } }
      guard pair.count == 2, pair[0].drop(while: { $0 == " " }).lowercased() == "filename" else { continue }
      return pair[1].split { $0 == "/" || $0 == "\\" }.last.map(String.init)
    }
    return nil
  }
}
