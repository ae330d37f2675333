internal import HTTPTypes

/// The short answers given at the door, before a connection has a place.
enum Refusal {
  static func full(limits: HTTPLimits) -> [UInt8] {
    bytes(HTTPError(.serviceUnavailable, "busy", "the server has no free connection"), limits)
  }

  static func tooManyFromPeer(limits: HTTPLimits) -> [UInt8] {
    bytes(
      HTTPError(.tooManyRequests, "too_many_connections", "too many connections from this address"), limits)
  }

  private static func bytes(_ error: HTTPError, _ limits: HTTPLimits) -> [UInt8] {
    var response = error.response
    response.headers[.retryAfter] = String(limits.retryAfter.components.seconds)
    SecurityHeaders.apply(to: &response)
    let context = HTTPResponseEncoder.Context(date: DateHeader.now(), keepAlive: false)
    guard let head = try? HTTPResponseEncoder.head(of: response, context),
      case .bytes(let body) = response.body
    else { return [] }
    return head + body
  }
}
