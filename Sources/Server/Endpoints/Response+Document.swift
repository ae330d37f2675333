import HTTP
import HTTPTypes

extension Response {
  /// A JSON body that nobody keeps: what it says changes and belongs to one user.
  static func document(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) throws -> Response {
    var headers = headers
    headers[.cacheControl] = "no-store"
    return .json(try JSONText.encode(value), status: status, headers: headers)
  }
}
