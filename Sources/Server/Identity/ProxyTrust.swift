import HTTP
import HTTPTypes
import Sockets

/// Which peers are proxies whose word about the sender counts (`--trust-proxy`).
///
/// From any other peer `X-Forwarded-*` is ignored: everybody can send it. `X-Forwarded-Host` is never read:
/// a page that re-binds its name could send it, and the Host allow list would be worth nothing.
struct ProxyTrust: Sendable {
  private static let forwardedFor = HTTPField.Name("X-Forwarded-For")
  private static let forwardedProto = HTTPField.Name("X-Forwarded-Proto")

  private let proxies: Set<SocketAddress>

  /// Trusts these addresses, whatever their ports.
  init(_ proxies: [SocketAddress]) { self.proxies = Set(proxies.map(\.withoutPort)) }

  /// The sender as far as it is known.
  func visit(_ head: RequestHead) -> Visit {
    guard !proxies.isEmpty, proxies.contains(head.peer.withoutPort) else {
      return Visit(fields: head.headers, address: head.peer)
    }
    let proto = Self.forwardedProto.flatMap { head.headers[$0] } ?? ""
    // Each proxy appends whom it heard, so only the last word is the trusted one's own.
    let scheme = proto.split(separator: ",").last.map { $0.filter { $0 != " " }.lowercased() }
    return Visit(fields: head.headers, address: sender(head), isSecure: scheme == "https")
  }

  /// The last address that is no trusted proxy; the peer when there is none that can be read.
  private func sender(_ head: RequestHead) -> SocketAddress {
    let list = Self.forwardedFor.map { head.headers[values: $0].joined(separator: ",") } ?? ""
    for entry in list.split(separator: ",").reversed() {
      let text = String(entry.filter { $0 != " " })
      guard let address = (try? SocketAddress(host: text, port: 0)) ?? (try? SocketAddress(parsing: text))
      else { return head.peer }
      if !proxies.contains(address.withoutPort) { return address }
    }
    return head.peer
  }
}
