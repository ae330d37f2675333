import HTTP
import HTTPTypes
import Sockets

/// The response to a GET of a stored picture: conditions, one range, and the kernel sends the bytes.
struct PictureResponse: Sendable {
  /// Opens files.
  let files: ThreadExecutor

  /// Answers with `file`, which never changes under its entity tag (RFC 9110 §13 and §14).
  func response(
    to head: RequestHead, file: StoredImage, entityTag: String, downloadName: String? = nil
  ) async throws -> Response {
    var headers: HTTPFields = [
      .eTag: entityTag,
      .cacheControl: "private, max-age=31536000, immutable",
      .contentSecurityPolicy: "default-src 'none'",
    ]
    if isKnown(entityTag, head.headers) { return Response(.notModified, headers: headers) }
    headers[.contentType] = "image/png"
    headers[.acceptRanges] = "bytes"
    if let downloadName {
      headers[.contentDisposition] = "attachment; filename=\"\(downloadName)\""
    }
    let path = file.path
    let descriptor = try await files.run { try FileDescriptor.open(reading: path) }
    switch range(head.headers, entityTag, size: file.size) {
    case nil: return Response(.ok, headers: headers, body: .file(descriptor, offset: 0, count: file.size))
    case let range? where range.isEmpty:
      return Response(.rangeNotSatisfiable, headers: [.contentRange: "bytes */\(file.size)"])
    case let range?:
      headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(file.size)"
      return Response(
        .partialContent, headers: headers,
        body: .file(descriptor, offset: Int64(range.lowerBound), count: range.count))
    }
  }

  private func isKnown(_ entityTag: String, _ headers: HTTPFields) -> Bool {
    headers[values: .ifNoneMatch].joined(separator: ",").split(separator: ",").contains { tag in
      let tag = tag.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()
      return String(tag) == "*" || String(tag) == entityTag || String(tag) == "W/" + entityTag
    }
  }

  /// The bytes asked for; nil for all of them, empty for none that exist.
  private func range(_ headers: HTTPFields, _ entityTag: String, size: Int) -> Range<Int>? {
    guard let header = headers[.range], header.lowercased().hasPrefix("bytes="),
      headers[.ifRange].map({ $0 == entityTag }) ?? true
    else { return nil }
    let parts = header.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
    let areDigits = parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }
    guard parts.count == 2, areDigits else { return nil }
    // A number too large for Int is beyond every file.
    let numbers = parts.map { $0.isEmpty ? nil : Int($0) ?? Int.max }
    switch (numbers[0], numbers[1]) {
    case (nil, nil): return nil
    case (nil, let last?): return max(0, size - last)..<size
    case (let first?, let last):
      if let last, last < first { return nil }
      return first >= size ? 0..<0 : first..<min(last ?? Int.max, size - 1) + 1
    }
  }
}
