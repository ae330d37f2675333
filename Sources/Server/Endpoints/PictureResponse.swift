import HTTP
import HTTPTypes
import Sockets

/// The response to a GET of a stored picture: conditions, one range, and the kernel sends the bytes.
struct PictureResponse: Sendable {
  /// Opens files.
  let files: ThreadExecutor

  /// Answers with `file`, which never changes under its entity tag.
  func response(
    to head: RequestHead, file: StoredImage, entityTag: String, contentType: String = "image/png",
    downloadName: String? = nil
  ) async throws -> Response {
    let picture = Representation(
      entityTag: entityTag, contentType: contentType, size: file.size,
      headers: [
        .cacheControl: "private, max-age=31536000, immutable", .contentSecurityPolicy: "default-src 'none'",
      ])
    var (response, range) = picture.answer(to: head.headers, method: head.method)
    guard let range else { return response }
    if let downloadName {
      response.headers[.contentDisposition] = "attachment; filename=\"\(downloadName)\""
    }
    let path = file.path
    let descriptor = try await files.run { try FileDescriptor.open(reading: path) }
    response.body = .file(descriptor, offset: Int64(range.lowerBound), count: range.count)
    return response
  }
}
