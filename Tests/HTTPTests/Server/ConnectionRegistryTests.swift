import Sockets
import Testing

@testable import HTTP

@Suite struct ConnectionRegistryTests {
  private let stranger = SocketAddress(family: .v4, low: 0x0A00_0001, port: 1000)
  private let other = SocketAddress(family: .v4, low: 0x0A00_0002, port: 1000)

  @Test func `one address has its limit, whatever its ports, and loopback has none`() {
    let registry = ConnectionRegistry(limit: 100, limitPerPeer: 2)
    #expect(registry.admit(stranger) == .admitted(1))
    var second = stranger
    second.port = 2000
    #expect(registry.admit(second) == .admitted(2))
    #expect(registry.admit(stranger) == .tooManyFromPeer)
    #expect(registry.admit(other) == .admitted(3))
    for id in 4...20 { #expect(registry.admit(.loopback(port: 1)) == .admitted(UInt64(id))) }
    registry.remove(1)
    #expect(registry.admit(stranger) == .admitted(21))
    #expect(registry.count == 20)
  }

  @Test func `a proxy has no limit, an IPv6 network has that of one address`() throws {
    let registry = ConnectionRegistry(limit: 100, limitPerPeer: 2, proxies: [stranger.withoutPort])
    for id in 1...10 { #expect(registry.admit(stranger) == .admitted(UInt64(id))) }
    #expect(registry.admit(try SocketAddress(host: "2001:db8:0:1::1", port: 9)) == .admitted(11))
    #expect(registry.admit(try SocketAddress(host: "2001:db8:0:1::2", port: 9)) == .admitted(12))
    #expect(registry.admit(try SocketAddress(host: "2001:db8:0:1:f::3", port: 9)) == .tooManyFromPeer)
    #expect(registry.admit(try SocketAddress(host: "2001:db8:0:2::1", port: 9)) == .admitted(13))
  }

  @Test func `a full server admits nobody until somebody leaves`() {
    let registry = ConnectionRegistry(limit: 1, limitPerPeer: 2)
    #expect(registry.admit(.loopback(port: 1)) == .admitted(1))
    #expect(registry.admit(.loopback(port: 1)) == .full)
    registry.remove(1)
    registry.remove(1)
    #expect(registry.admit(.loopback(port: 1)) == .admitted(2))
    #expect(registry.count == 1)
  }
}
