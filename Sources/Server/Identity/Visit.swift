import HTTPTypes
import Sockets

/// What a request says of its sender before anybody is known.
struct Visit: Sendable {
  /// The request's headers.
  var fields: HTTPFields
  /// The sender's address without port, as far as a trusted proxy tells it; an IPv6 network of 64 bits
  /// counts as one.
  var address: SocketAddress
  /// Whether the sender's own connection is encrypted, as a trusted proxy says.
  var isSecure: Bool

  /// A visit from `address`.
  init(fields: HTTPFields, address: SocketAddress = .loopback(port: 0), isSecure: Bool = false) {
    self.fields = fields
    self.address = address.sender
    self.isSecure = isSecure
  }
}
