public import HTTPTypes

/// Bytes that are served whole or in part, and not sent again to those who have them.
///
/// RFC 9110 sections 13 (conditions) and 14 (ranges).
public struct Representation: Sendable {
  /// A strong entity tag, with its quotes.
  public var entityTag: String
  /// When it last changed, in seconds since 1970; `nil` when that says nothing.
  public var modifiedSeconds: Int64?
  /// The content type.
  public var contentType: String
  /// Bytes in all.
  public var size: Int
  /// Further headers of every answer but 416, such as Cache-Control.
  public var headers: HTTPFields

  /// A representation from its parts.
  public init(
    entityTag: String, modifiedSeconds: Int64? = nil, contentType: String, size: Int,
    headers: HTTPFields = [:]
  ) {
    self.entityTag = entityTag
    self.modifiedSeconds = modifiedSeconds
    self.contentType = contentType
    self.size = size
    self.headers = headers
  }

  /// The answer to a GET or HEAD, still without its body, and the bytes that body must have.
  ///
  /// 200 with all bytes, 206 with one range, 304, 412 and 416 with none (`nil`). A range counts only for GET
  /// (RFC 9110 section 14.2).
  public func answer(
    to request: HTTPFields, method: HTTPRequest.Method = .get
  ) -> (response: Response, body: Range<Int>?) {
    if isAnother(request) { return (Response(.preconditionFailed, headers: [.eTag: entityTag]), nil) }
    var headers = headers
    headers[.eTag] = entityTag
    if let modifiedSeconds { headers[.lastModified] = HTTPDate.string(from: modifiedSeconds) }
    if isUnchanged(request) { return (Response(.notModified, headers: headers), nil) }
    headers[.contentType] = contentType
    headers[.acceptRanges] = "bytes"
    let mayRange = method == .get && request[.ifRange].map { $0 == entityTag } ?? true
    switch mayRange ? ByteRange.parse(request[.range], size: size) : .whole {
    case .whole: return (Response(.ok, headers: headers), 0..<size)
    case .part(let range):
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(size)"
      return (Response(.partialContent, headers: headers), range)
    case .unsatisfiable:
      return (Response(.rangeNotSatisfiable, headers: [.contentRange: "bytes */\(size)"]), nil)
    }
  }

  /// Whether a request has a header on which its answer depends; without one it is 200 with all bytes.
  static func hasConditions(_ request: HTTPFields) -> Bool {
    request.contains { field in
      switch field.name {
      case .range, .ifRange, .ifMatch, .ifNoneMatch, .ifModifiedSince, .ifUnmodifiedSince: true
      default: false
      }
    }
  }

  /// Whether the client asks for another version than this: If-Match counts before If-Unmodified-Since.
  private func isAnother(_ request: HTTPFields) -> Bool {
    let tags = request[values: .ifMatch]
    if !tags.isEmpty { return !listMembers(tags).contains { $0 == "*" || $0 == entityTag } }
    guard let modifiedSeconds, let since = request[.ifUnmodifiedSince].flatMap(HTTPDate.seconds(from:)) else {
      return false
    }
    return modifiedSeconds > since
  }

  /// Whether the client's copy is still right: If-None-Match counts before If-Modified-Since.
  private func isUnchanged(_ request: HTTPFields) -> Bool {
    let tags = request[values: .ifNoneMatch]
    if !tags.isEmpty {
      return listMembers(tags).contains { $0 == "*" || $0 == entityTag || $0 == "W/" + entityTag }
    }
    guard let modifiedSeconds, let since = request[.ifModifiedSince].flatMap(HTTPDate.seconds(from:)) else {
      return false
    }
    return modifiedSeconds <= since
  }
}
