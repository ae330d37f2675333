internal import HTTPTypes

/// The response to a GET or HEAD of a file, with conditions and ranges.
///
/// RFC 9110 sections 13 and 14.
struct ConditionalResponse {
  let response: Response

  init(_ entry: StaticFiles.Entry, _ request: HTTPFields) {
    // A range is one of the bytes as they are.
    let gzip = request[.range] == nil && Self.acceptsGzip(request) ? entry.gzip : nil
    let entityTag = gzip == nil ? entry.entityTag : String(entry.entityTag.dropLast()) + "-gzip\""
    var headers: HTTPFields = [
      .eTag: entityTag,
      .lastModified: HTTPDate.string(from: entry.modifiedSeconds),
      .cacheControl: "no-cache",
    ]
    if entry.gzip != nil { headers[.vary] = "Accept-Encoding" }
    if ConditionalResponse.isUnchanged(entityTag, entry.modifiedSeconds, request) {
      response = Response(.notModified, headers: headers)
      return
    }
    headers[.contentType] = entry.contentType
    if let gzip {
      headers[.contentEncoding] = "gzip"
      response = Response(.ok, headers: headers, body: .bytes(gzip))
      return
    }
    headers[.acceptRanges] = "bytes"
    let size = entry.bytes.count
    let mayRange = request[.ifRange].map { $0 == entry.entityTag } ?? true
    switch mayRange ? ByteRange.parse(request[.range], size: size) : .whole {
    case .whole: response = Response(.ok, headers: headers, body: .bytes(entry.bytes))
    case .part(let range):
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
      response = Response(.partialContent, headers: headers, body: .bytes(Array(entry.bytes[range])))
    case .unsatisfiable:
      response = Response(.rangeNotSatisfiable, headers: [.contentRange: "bytes */\(size)"])
    }
  }

  /// Whether the client takes gzip: named without a weight of zero (RFC 9110 section 12.5.3).
  static func acceptsGzip(_ request: HTTPFields) -> Bool {
    listMembers(request[values: .acceptEncoding]).contains { member in
      let parts = member.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
      guard parts.first == "gzip" else { return false }
      return !parts.dropFirst().contains { $0.hasPrefix("q=0") && !$0.contains { ("1"..."9").contains($0) } }
    }
  }

  /// Whether the client's copy is still right: If-None-Match counts before If-Modified-Since.
  static func isUnchanged(_ entityTag: String, _ modifiedSeconds: Int64, _ request: HTTPFields) -> Bool {
    let tags = request[values: .ifNoneMatch]
    if !tags.isEmpty {
      return listMembers(tags).contains { $0 == "*" || $0 == entityTag || $0 == "W/" + entityTag }
    }
    guard let since = request[.ifModifiedSince].flatMap(HTTPDate.seconds(from:)) else { return false }
    return modifiedSeconds <= since
  }
}
