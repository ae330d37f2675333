import Foundation
import Generation
import HTTPTypes
import JobQueue
import Testing

@testable import Server

@Suite struct AccountRouteTests {
  @Test func `an admin invites, a person joins, logs out and in again`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    let anna = try await service.person("Anna", invitedBy: admin)
    let session = try await service.send(.get, "/api/session", cookie: anna)
    let user = try #require(session.json["user"] as? [String: Any])
    #expect(user["name"] as? String == "Anna" && user["role"] as? String == "user")
    let out = try await service.send(.delete, "/api/session", cookie: anna)
    #expect(out.status == 204 && out.headers[.setCookie]?.contains("Max-Age=0") == true)
    #expect(try await service.send(.get, "/api/jobs", cookie: anna).errorCode == "no_session")
    let again = try await service.logIn("ANNA")
    #expect(again != anna)
    #expect(try await service.send(.get, "/api/jobs", cookie: again).status == 200)
  }

  @Test func `nobody learns whether the name or the password was wrong`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    _ = try await service.admin()
    let wrongPassword = try await service.post("/api/session", #"{"name":"Boss","password":"wrong horse"}"#)
    let wrongName = try await service.post("/api/session", #"{"name":"Nobody","password":"wrong horse"}"#)
    #expect(wrongPassword.status == 401 && wrongPassword.errorCode == "wrong_credentials")
    #expect(wrongPassword.text == wrongName.text && wrongName.status == 401)
    #expect(wrongPassword.headers[.setCookie] == nil)
  }

  @Test(arguments: [
    (#"{"password":"x"}"#, "name"), (#"{"name":"x"}"#, "password"), (#"{"name":1,"password":"x"}"#, "name"),
    (#"{"name":"x","password":"y","admin":true}"#, "admin"),
  ])
  func `a log-in names the field at fault`(_ body: String, _ field: String) async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let reply = try await service.post("/api/session", body)
    #expect(reply.status == 422 && reply.errorField == field)
  }

  @Test func `after five wrong passwords an account waits, others do not, and right ones cost nothing`()
    async throws
  {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    _ = try await service.person("Anna", invitedBy: admin)
    for _ in 0..<12 { _ = try await service.logIn("Anna") }
    for _ in 0..<5 {
      let reply = try await service.post("/api/session", #"{"name":"anna","password":"wrong horse"}"#)
      #expect(reply.status == 401)
    }
    let sixth = try await service.post(
      "/api/session", #"{"name":"Anna","password":"\#(TestService.password)"}"#)
    #expect(sixth.status == 429 && sixth.errorCode == "too_many_logins")
    #expect(sixth.headers[.retryAfter] == "12")
    _ = try await service.logIn("Boss")
  }

  @Test func `what is too long for a name is no name, and nothing of it is remembered`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let name = String(repeating: "n", count: 513)
    for _ in 0..<7 {
      let reply = try await service.post("/api/session", #"{"name":"\#(name)","password":"wrong horse"}"#)
      #expect(reply.status == 401 && reply.errorCode == "wrong_credentials")
    }
  }

  @Test func `one address cannot try many names`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    var statuses: [Int] = []
    for index in 0..<22 {
      statuses.append(
        try await service.post("/api/session", #"{"name":"n\#(index)","password":"wrong horse"}"#).status)
    }
    #expect(statuses == Array(repeating: 401, count: 20) + [429, 429])
  }

  @Test(arguments: [
    ("name", #""name":"a/b""#, "bad_name"), ("password", #""password":"short""#, "bad_password"),
    ("invitation", #""invitation":"nonsense""#, "bad_invitation"),
    ("invitation", #""invitation":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA""#, "bad_invitation"),
    ("name", #""name":"boss""#, "name_taken"),
  ])
  func `joining says what is wrong, and the invitation is still good`(
    _ field: String, _ member: String, _ code: String
  ) async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    let invited = try await service.post("/api/admin/invitations", "{}", cookie: admin)
    let good = try #require(invited.json["code"] as? String)
    var parts = [
      "invitation": #""invitation":"\#(good)""#, "name": #""name":"Anna""#,
      "password": #""password":"\#(TestService.password)""#,
    ]
    let right = "{\(parts.values.joined(separator: ","))}"
    parts[field] = member
    let reply = try await service.post("/api/accounts", "{\(parts.values.joined(separator: ","))}")
    #expect(reply.status == 422 && reply.errorField == field && reply.errorCode == code, "\(reply.text)")
    #expect(try await service.post("/api/accounts", right).status == 201)
    #expect(try await service.post("/api/accounts", right).errorCode == "bad_invitation")
  }

  @Test func `a new password ends other sessions and keeps this one's socket`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let first = try await service.admin()
    let second = try await service.logIn("Boss")
    let id = UserID(try await service.id(cookie: first))
    let kept = service.services.hub.subscribe(id, .session(SessionCookie.sha256(of: first)))
    let ended = service.services.hub.subscribe(id, .session(SessionCookie.sha256(of: second)))
    let wrong = try await service.send(
      .patch, "/api/account", cookie: first,
      body: Array(#"{"password":"wrong horse","new_password":"battery staple"}"#.utf8))
    #expect(wrong.status == 403 && wrong.errorField == "password")
    let reply = try await service.send(
      .patch, "/api/account", cookie: first,
      body: Array(#"{"password":"\#(TestService.password)","new_password":"battery staple"}"#.utf8))
    #expect(reply.status == 200)
    #expect(ended.closeCode == 4001 && kept.closeCode == nil)
    for cookie in [first, second] {
      #expect(try await service.send(.get, "/api/jobs", cookie: cookie).status == 401)
    }
    let now = try reply.cookie
    #expect(try await service.send(.get, "/api/jobs", cookie: now).status == 200)
    _ = try await service.logIn("Boss", password: "battery staple")
    // The kept socket goes with the session that took over.
    #expect(try await service.send(.delete, "/api/session", cookie: now).status == 204)
    #expect(kept.closeCode == 4001)
  }

  @Test func `logging out everywhere, or deleting a token, ends what it let in and nothing else`()
    async throws
  {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let first = try await service.admin()
    let second = try await service.logIn("Boss")
    let id = UserID(try await service.id(cookie: first))
    let made = try await service.post(
      "/api/account/tokens", #"{"name":"script","scopes":["read"],"expires_days":7}"#, cookie: first)
    #expect(made.status == 201 && (made.json["token"] as? String)?.hasPrefix("sdk_") == true)
    let token = try #require(made.json["id"] as? String)
    let list = try await service.send(.get, "/api/account/tokens", cookie: first)
    #expect(!list.text.contains("sdk_") && list.text.contains(#""last_used_at":null"#))
    let socket = service.services.hub.subscribe(id, .token(token))
    let browser = service.services.hub.subscribe(id, .session(SessionCookie.sha256(of: second)))
    #expect(try await service.send(.delete, "/api/account/sessions", cookie: first).status == 204)
    #expect(browser.closeCode == 4001 && socket.closeCode == nil)
    #expect(try await service.send(.get, "/api/jobs", cookie: second).status == 401)
    let third = try await service.logIn("Boss")
    #expect(try await service.send(.delete, "/api/account/tokens/\(token)", cookie: third).status == 204)
    #expect(socket.closeCode == 4001)
    #expect(try await service.send(.delete, "/api/account/tokens/\(token)", cookie: third).status == 404)
  }

  @Test(arguments: [
    (#"{"name":"t","scopes":["admin"]}"#, "scopes"), (#"{"name":"t","scopes":[]}"#, "scopes"),
    (#"{"name":"t","scopes":["all"]}"#, "scopes"), (#"{"name":"","scopes":["read"]}"#, "name"),
    (#"{"name":"t"}"#, "scopes"), (#"{"name":"t","scopes":["read"],"expires_days":0}"#, "expires_days"),
  ])
  func `a token that cannot be names the field`(_ body: String, _ field: String) async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let anna = try await service.person("Anna", invitedBy: try await service.admin())
    let reply = try await service.post("/api/account/tokens", body, cookie: anna)
    #expect(reply.status == 422 && reply.errorField == field, "\(reply.text)")
  }

  @Test func `people see their own jobs and pictures only, tokens those of their owner`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    let anna = try await service.person("Anna", invitedBy: admin)
    let bert = try await service.person("Bert", invitedBy: admin)
    let id = try await service.submit("mine", cookie: anna)
    try await service.workOnce()
    let job = try await service.send(.get, "/api/jobs/\(id)", cookie: anna)
    let url = try #require(job.images.first?["url"] as? String)
    let token: HTTPFields = [.authorization: "Bearer \(try await service.token(["read"], cookie: anna))"]
    #expect(try await service.send(.get, url, headers: token).status == 200)
    for cookie in [bert, admin] {
      #expect(try await service.send(.get, url, cookie: cookie).status == 404)
      #expect(try await service.send(.get, "/api/jobs/\(id)", cookie: cookie).status == 404)
    }
    let seen = try await service.send(.get, "/api/admin/jobs", cookie: admin)
    let users = try await service.send(.get, "/api/admin/users", cookie: admin)
    #expect(!seen.text.contains("mine") && !users.text.contains("mine"))
  }
}
