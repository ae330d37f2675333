import HTTP
import HTTPTypes
import Sockets
import Testing

@testable import Server

@Suite struct ProxyTrustTests {
  private func visit(
    from peer: String, _ forwardedFor: String?, _ proto: String? = nil, trusting: [String] = ["10.0.0.1"]
  ) throws -> Visit {
    var fields = HTTPFields()
    fields[try #require(HTTPField.Name("X-Forwarded-For"))] = forwardedFor
    fields[try #require(HTTPField.Name("X-Forwarded-Proto"))] = proto
    var head = try RequestHead(.get, "/", headers: fields)
    head.peer = try SocketAddress(host: peer, port: 4711)
    return ProxyTrust(try trusting.map { try SocketAddress(host: $0, port: 0) }).visit(head)
  }

  @Test func `believes nobody it was not told to`() throws {
    let visit = try visit(from: "10.0.0.2", "1.2.3.4", "https")
    #expect(visit.address.host == "10.0.0.2" && !visit.isSecure)
    #expect(try self.visit(from: "127.0.0.1", "1.2.3.4", "https", trusting: []).address.isLoopback)
  }

  @Test(arguments: [
    ("1.2.3.4", "1.2.3.4"), ("9.9.9.9, 1.2.3.4", "1.2.3.4"), ("1.2.3.4, 10.0.0.1", "1.2.3.4"),
    ("1.2.3.4:5678", "1.2.3.4"), ("2001:db8::7:8", "2001:db8::"), ("[2001:db8::7]:99", "2001:db8::"),
    ("rubbish", "10.0.0.1"), ("1.2.3.4, rubbish", "10.0.0.1"), (nil, "10.0.0.1"), ("10.0.0.1", "10.0.0.1"),
  ])
  func `takes the last address that is no proxy of ours`(_ header: String?, _ expected: String) throws {
    #expect(try visit(from: "10.0.0.1", header).address.host == expected)
  }

  @Test(arguments: [("https", true), ("HTTPS", true), ("http", false), ("http, https", true), (nil, false)])
  func `believes the proxy about the scheme`(_ proto: String?, _ expected: Bool) throws {
    #expect(try visit(from: "10.0.0.1", "1.2.3.4", proto).isSecure == expected)
  }

  @Test func `a cookie over TLS is secure, and only such a one is read there`() throws {
    let token = SessionCookie.newToken()
    let secure = Visit(fields: [.cookie: "__Host-sid=\(token)"], isSecure: true)
    #expect(SessionCookie.token(of: secure) == token)
    #expect(SessionCookie.token(of: Visit(fields: [.cookie: "sid=\(token)"], isSecure: true)) == nil)
    #expect(SessionCookie.header(token, for: secure, days: 1).hasPrefix("__Host-sid="))
    #expect(SessionCookie.header(token, for: secure, days: 1).hasSuffix("; Secure"))
    #expect(!SessionCookie.header(token, for: Visit(fields: [:]), days: 1).contains("Secure"))
  }
}
