import Sockets
import Testing

@Suite struct SocketAddressTests {
  @Test(arguments: ["127.0.0.1:3000", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:3000", "[2001:db8::7]:80"])
  func `an address survives parsing and formatting`(text: String) throws {
    #expect(try SocketAddress(parsing: text).description == text)
  }

  @Test(arguments: [
    "", ":", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "::1:3000",
    "[::1]",
    "[::1:3000", "localhost:3000", "1.2.3:80", "1.2.3.4.5:80", "[::g]:80", "127.0.0.1\0:80",
  ])
  func `what is not a numeric address with a port is refused`(text: String) {
    #expect(throws: SocketError.invalidAddress(text)) { try SocketAddress(parsing: text) }
  }

  @Test(arguments: [
    ("127.0.0.1", true), ("127.9.8.7", true), ("::1", true), ("::ffff:127.0.0.1", true), ("128.0.0.1", false),
    ("0.0.0.0", false), ("::", false), ("::2", false), ("10.0.0.1", false),
  ])
  func `loopback is told from other addresses`(host: String, isLoopback: Bool) throws {
    #expect(try SocketAddress(host: host, port: 1).isLoopback == isLoopback)
  }

  @Test func `numeric hosts need no resolver`() throws {
    #expect(try SocketAddress.resolve(host: "10.1.2.3", port: 7).map(\.description) == ["10.1.2.3:7"])
    #expect(try SocketAddress.resolve(host: "[::1]", port: 7).map(\.description) == ["[::1]:7"])
  }

  @Test func `localhost resolves to loopback`() throws {
    let addresses = try SocketAddress.resolve(host: "localhost", port: 9)
    #expect(!addresses.isEmpty)
    #expect(addresses.allSatisfy { $0.isLoopback && $0.port == 9 })
  }

  @Test func `addresses without their port are equal for one host`() throws {
    let one = try SocketAddress(parsing: "10.0.0.1:1")
    let two = try SocketAddress(parsing: "10.0.0.1:2")
    #expect(one != two)
    #expect(one.withoutPort == two.withoutPort)
  }
}
