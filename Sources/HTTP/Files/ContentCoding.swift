internal import HTTPTypes

/// Which codings of a body a client takes.
enum ContentCoding {
  /// Whether the client takes gzip: named without a weight of zero (RFC 9110 section 12.5.3).
  static func acceptsGzip(_ request: HTTPFields) -> Bool {
    guard request.contains(.acceptEncoding) else { return false }
    return listMembers(request[values: .acceptEncoding]).contains { member in
      let parts = member.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
      guard parts.first == "gzip" else { return false }
      return !parts.dropFirst().contains { $0.hasPrefix("q=0") && !$0.contains { ("1"..."9").contains($0) } }
    }
  }
}
