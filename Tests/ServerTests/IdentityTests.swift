import Generation
import HTTPTypes
import Testing

@testable import Server

@Suite struct IdentityTests {
  @Test(arguments: [
    ("localhost", true), ("localhost:3000", true), ("LOCALHOST:80", true), ("127.0.0.1:3000", true),
    ("[::1]", true),
    ("[::1]:3000", true), ("localhost.", true), ("atelier.example", true), ("atelier.example:1", true),
    ("evil.example", false), ("localhost.evil.example", false), ("127.0.0.1.evil.example", false),
    ("", false),
    ("localhost:", false), ("localhost:x", false), ("localhost:99999", false), ("[::1", false),
    ("::1", false),
    ("192.168.1.5", false), ("localhost@evil.example", false), ("evil.example:80:localhost", false),
  ])
  func `allows our own names in Host only`(_ host: String, _ allowed: Bool) {
    let list = HostAllowList(listen: "127.0.0.1", hostNames: ["Atelier.example"])
    #expect(list.allows(host) == allowed)
  }

  @Test func `listening on every address allows any address, never a name`() {
    let list = HostAllowList(listen: "0.0.0.0", hostNames: [])
    #expect(list.allows("192.168.1.5:3000"))
    #expect(list.allows("[fe80::1]:3000"))
    #expect(!list.allows("evil.example"))
  }

  private func fields(_ origin: String?, _ site: String? = nil) throws -> HTTPFields {
    var fields = HTTPFields()
    fields[.origin] = origin
    fields[try #require(HTTPField.Name("Sec-Fetch-Site"))] = site
    return fields
  }

  @Test(
    arguments: [
      ("http://localhost:3000", nil, true), ("HTTP://LOCALHOST:3000", nil, true),
      ("http://localhost:3000", "same-origin", true), ("https://localhost:3000", "same-origin", true),
      (nil, nil, true),
      (nil, "same-origin", true), ("https://localhost:3000", nil, false), ("http://localhost", nil, false),
      ("http://localhost:3001", nil, false), ("http://evil.example", nil, false), ("null", nil, false),
      ("null", "same-origin", false), ("http://localhost:3000", "cross-site", false),
      (nil, "cross-site", false),
      (nil, "same-site", false), (nil, "none", false), ("http://localhost:3000.evil.example", nil, false),
      ("http://localhost:99999", nil, false), ("http://localhost:3000/", nil, false), ("", nil, false),
      ("file://", nil, false), ("http://evil.example", "same-origin", false),
    ] as [(String?, String?, Bool)])
  func `takes changes from our own page only`(_ origin: String?, _ site: String?, _ passes: Bool) throws {
    #expect(OriginCheck.passes(try fields(origin, site), host: "localhost:3000") == passes)
  }

  @Test func `a tool says no origin, a default port is no difference`() throws {
    #expect(OriginCheck.passes(HTTPFields(), host: "localhost:3000"))
    #expect(OriginCheck.passes(try fields("http://a.example"), host: "a.example:80"))
    #expect(OriginCheck.passes(try fields("http://a.example"), host: "a.example"))
  }

  @Test func `a token makes one user, another token another`() throws {
    let token = SessionCookie.newToken()
    let header = "theme=dark; sid=\(token); other=1"
    #expect(SessionCookie.token(in: header) == token)
    #expect(SessionCookie.user(of: token) == SessionCookie.user(of: token))
    #expect(SessionCookie.user(of: token) != SessionCookie.user(of: SessionCookie.newToken()))
    #expect(SessionCookie.user(of: token).rawValue.utf8.count == 22)
    #expect(!SessionCookie.user(of: token).rawValue.contains(token.prefix(8)))
  }

  @Test(arguments: [
    nil, "", "sid=", "sid=short", "xsid=\(String(repeating: "a", count: 43))",
    "sid=\(String(repeating: "a", count: 44))",
    "sid=\(String(repeating: "é", count: 43))", "sid",
  ])
  func `takes no token of another shape`(_ header: String?) {
    #expect(SessionCookie.token(in: header) == nil)
  }

  @Test func `gives a browser a cookie, keeps the one it has, and none to a visit from another site`()
    async throws
  {
    let service = try TestService(access: .open)
    defer { service.remove() }
    let users = AnonymousUsers(services: service.services.accounts)
    let new = try #require(users.newCookie(Visit(fields: [:])))
    #expect(new.contains("HttpOnly") && new.contains("SameSite=Strict") && new.contains("Path=/"))
    #expect(users.newCookie(Visit(fields: try fields(nil, "cross-site"))) == nil)
    let token = SessionCookie.newToken()
    var known = HTTPFields()
    known[.cookie] = "sid=\(token)"
    #expect(users.newCookie(Visit(fields: known))?.hasPrefix("sid=\(token);") == true)
    #expect(try await users.caller(Visit(fields: known)).user == SessionCookie.user(of: token))
    #expect(try await users.caller(Visit(fields: [:])).user == nil)
  }
}
