internal import HTTPTypes

/// The response to a GET or HEAD of a file, with conditions and ranges.
///
/// RFC 9110 sections 13 and 14.
struct ConditionalResponse {
  let response: Response

  init(_ entry: StaticFiles.Entry, _ request: HTTPFields) {
    var headers: HTTPFields = [
      .eTag: entry.entityTag,
      .lastModified: HTTPDate.string(from: entry.modifiedSeconds),
      .cacheControl: "no-cache",
    ]
    if ConditionalResponse.isUnchanged(entry.entityTag, entry.modifiedSeconds, request) {
      response = Response(.notModified, headers: headers)
      return
    }
    headers[.contentType] = entry.contentType
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
