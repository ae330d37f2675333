internal import HTTPTypes

/// A file as it is served: an object, so that looking it up copies nothing.
final class StaticFile: Sendable {
  private let versions: FileVersions
  /// The whole file as it is, and compressed, for requests without conditions: nearly all.
  private let whole: Response
  private let wholeGzip: Response?

  init(_ versions: FileVersions) {
    self.versions = versions
    whole = versions.response(to: [:], method: .get, takesGzip: false).prepared()
    wholeGzip = versions.gzip.map { _ in versions.response(to: [:], method: .get, takesGzip: true).prepared()
    }
  }

  /// The file as this client gets it; a range is one of the bytes as they are.
  func response(to head: RequestHead) -> Response {
    let request = head.headers
    let hasConditions = Representation.hasConditions(request)
    let takesGzip =
      wholeGzip != nil && !(hasConditions && request[.range] != nil) && ContentCoding.acceptsGzip(request)
    if hasConditions { return versions.response(to: request, method: head.method, takesGzip: takesGzip) }
    return takesGzip ? wholeGzip ?? whole : whole
  }
}

/// A file in the forms it can be sent in.
struct FileVersions: Sendable {
  let bytes: [UInt8]
  /// The same compressed, for clients that take it; nil where that saves nothing.
  let gzip: [UInt8]?
  let contentType: String
  let entityTag: String
  let modifiedSeconds: Int64

  /// The answer to a request with these headers.
  func response(to request: HTTPFields, method: HTTPRequest.Method, takesGzip: Bool) -> Response {
    let gzip = takesGzip ? gzip : nil
    let bytes = gzip ?? bytes
    var headers: HTTPFields = [.cacheControl: "no-cache"]
    if self.gzip != nil { headers[.vary] = "Accept-Encoding" }
    let representation = Representation(
      entityTag: gzip == nil ? entityTag : String(entityTag.dropLast()) + "-gzip\"",
      modifiedSeconds: modifiedSeconds, contentType: contentType, size: bytes.count, headers: headers)
    var (response, range) = representation.answer(to: request, method: method)
    guard let range else { return response }
    if gzip != nil { response.headers[.contentEncoding] = "gzip" }
    response.body = .bytes(range.count == bytes.count ? bytes : Array(bytes[range]))
    return response
  }
}
