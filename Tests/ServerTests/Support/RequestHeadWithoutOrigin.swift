import HTTP
import HTTPTypes

/// A request as curl sends it.
enum RequestHeadWithoutOrigin {
  static func make(_ method: HTTPRequest.Method, _ path: String, _ contentType: String) throws -> RequestHead
  {
    try RequestHead(method, path, headers: [.contentType: contentType], host: "127.0.0.1:3000")
  }
}
