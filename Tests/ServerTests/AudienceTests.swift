import Generation
import HTTP
import HTTPTypes
import JobQueue
import Testing

@testable import Server

/// Every route × everybody who may come, with `--access accounts`.
@Suite struct AudienceTests {
  /// Who may ask for what, written down apart from the routes: a route that is not here fails.
  private static let declared: [String: Audience] = [
    "GET /api/capabilities": .visitor, "GET /metrics": .visitor, "GET /healthz": .anyone,
    "GET /readyz": .anyone, "GET /api/session": .anyone, "POST /api/session": .anyone,
    "DELETE /api/session": .anyone, "POST /api/accounts": .anyone,
    "POST /api/jobs": .newcomer, "GET /api/jobs": .user, "GET /api/jobs/{id}": .user,
    "POST /api/grids": .newcomer, "GET /api/grids": .user, "GET /api/grids/{id}": .user,
    "DELETE /api/grids/{id}": .user,
    "DELETE /api/jobs/{id}": .user, "GET /api/images/{id}": .user,
    "GET /api/images/{id}/thumbnail": .user, "PATCH /api/images/{id}": .user,
    "DELETE /api/images/{id}": .user, "POST /api/uploads": .user, "GET /api/uploads/{id}": .user,
    "DELETE /api/uploads/{id}": .user, "GET /api/events": .user,
    "PATCH /api/account": .account, "DELETE /api/account/sessions": .account,
    "GET /api/account/tokens": .account, "POST /api/account/tokens": .account,
    "DELETE /api/account/tokens/{id}": .account,
    "GET /api/admin/overview": .admin, "POST /api/admin/workers/{id}/drain": .admin,
    "GET /api/admin/jobs": .admin, "POST /api/admin/jobs/{id}/requeue": .admin,
    "POST /api/admin/jobs/{id}/fail": .admin, "GET /api/admin/users": .admin,
    "PATCH /api/admin/users/{id}": .admin, "GET /api/admin/invitations": .admin,
    "POST /api/admin/invitations": .admin, "DELETE /api/admin/invitations/{id}": .admin,
    "GET /api/admin/audit": .admin,
  ]

  /// What the policy says to a caller before the route's own answer; nil lets the caller through.
  private func refusal(_ role: Role, _ audience: Audience, _ method: HTTPRequest.Method) -> Int? {
    switch (audience, role) {
    case (.anyone, _): nil
    case (_, .nobody), (_, .closed), (_, .closedToken), (_, .loggedOut): 401
    case (.admin, .admin), (.admin, .adminToken): nil
    case (.admin, _): 403
    case (.account, .readToken), (.account, .submitToken), (.account, .adminToken): 403
    case (.account, _): nil
    case (_, .readToken): method == .get ? nil : 403
    case (_, .submitToken): method == .get ? 403 : nil
    case (_, .adminToken): 403
    default: nil
    }
  }

  private enum Role: CaseIterable {
    case nobody, user, other, admin, closed, loggedOut, readToken, submitToken, adminToken, closedToken
  }

  private func cast(_ service: TestService) async throws -> [Role: HTTPFields] {
    let admin = try await service.admin()
    let user = try await service.person("User", invitedBy: admin)
    let closed = try await service.person("Closed", invitedBy: admin)
    let closedToken = try await service.token(["read", "submit"], cookie: closed)
    let closedID = try await service.id(cookie: closed)
    let loggedOut = try await service.logIn("User")
    #expect(try await service.send(.delete, "/api/session", cookie: loggedOut).status == 204)
    let readToken = try await service.token(["read"], cookie: user)
    let submitToken = try await service.token(["submit"], cookie: user)
    let adminToken = try await service.token(["admin"], cookie: admin)
    let other = try await service.person("Other", invitedBy: admin)
    #expect(
      try await service.send(
        .patch, "/api/admin/users/\(closedID)", cookie: admin, body: Array(#"{"disabled":true}"#.utf8)
      ).status == 200)
    return [
      .nobody: [:], .user: [.cookie: "sid=\(user)"], .other: [.cookie: "sid=\(other)"],
      .admin: [.cookie: "sid=\(admin)"], .closed: [.cookie: "sid=\(closed)"],
      .loggedOut: [.cookie: "sid=\(loggedOut)"], .readToken: [.authorization: "Bearer \(readToken)"],
      .submitToken: [.authorization: "Bearer \(submitToken)"],
      .adminToken: [.authorization: "Bearer \(adminToken)"],
      .closedToken: [.authorization: "Bearer \(closedToken)"],
    ]
  }

  @Test func `every route lets in whom it says, and nobody else`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let cast = try await cast(service)
    for route in service.router.routes {
      let name = "\(route.method.rawValue) \(route.pattern)"
      let audience = try #require(Self.declared[name], "\(name) is not declared")
      #expect(route.audience == audience, "\(name)")
      // What would end a session comes last in the matrix below, on rows of its own.
      if name == "DELETE /api/session" || name == "DELETE /api/account/sessions" { continue }
      for role in Role.allCases {
        let fields = try #require(cast[role])
        var headers = fields
        if name == "POST /api/uploads" { headers[.contentType] = "image/png" }
        let reply = try await service.send(
          route.method, route.pattern.description.replacing("{id}", with: "nothing"),
          headers: headers, body: route.method == .get || route.method == .delete ? [] : Array("{}".utf8))
        // An API token that is over is refused wherever it is looked at.
        let isWrongToken = role == .closedToken && name.contains("/api/")
        let expected = isWrongToken ? 401 : refusal(role, audience, route.method)
        let refused = reply.status == 401 && reply.errorCode != "wrong_credentials" || reply.status == 403
        #expect(refused == (expected != nil), "\(name) as \(role): \(reply.status) \(reply.text)")
        if let expected { #expect(reply.status == expected, "\(name) as \(role): \(reply.text)") }
      }
    }
    #expect(service.router.routes.count == Self.declared.count)
  }

  @Test func `a token is never more than a cookie sent with it, and no cookie counts beside one`()
    async throws
  {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    let token = try await service.token(["read"], cookie: admin)
    let both: HTTPFields = [.authorization: "Bearer \(token)", .cookie: "sid=\(admin)"]
    #expect(try await service.send(.get, "/api/jobs", headers: both).status == 200)
    #expect(try await service.send(.get, "/api/admin/overview", headers: both).errorCode == "missing_scope")
    for bad in ["Bearer", "Bearer x", "Basic \(token)", "Bearer \(token)x", "Bearer \(token) y", ""] {
      let fields: HTTPFields = [.authorization: bad, .cookie: "sid=\(admin)"]
      #expect(try await service.send(.get, "/api/jobs", headers: fields).errorCode == "bad_token", "\(bad)")
    }
  }

  @Test func `an admin who is one no longer loses the right at once, with cookie and token`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let boss = try await service.admin()
    let second = try await service.person("Second", role: .admin, invitedBy: boss)
    let token: HTTPFields = [
      .authorization: "Bearer \(try await service.token(["admin", "read"], cookie: second))"
    ]
    #expect(try await service.send(.get, "/api/admin/users", headers: token).status == 200)
    let id = try await service.id(cookie: second)
    let body = Array(#"{"role":"user"}"#.utf8)
    #expect(
      try await service.send(.patch, "/api/admin/users/\(id)", cookie: boss, body: body).status == 200)
    #expect(try await service.send(.get, "/api/admin/users", cookie: second).errorCode == "admin_only")
    #expect(try await service.send(.get, "/api/admin/users", headers: token).errorCode == "admin_only")
    #expect(try await service.send(.get, "/api/jobs", headers: token).status == 200)
  }

  @Test(arguments: [AccessMode.single, .open])
  func `without accounts there is nothing to log in to`(_ access: AccessMode) async throws {
    let service = try TestService(access: access)
    defer { service.remove() }
    let login = try await service.post("/api/session", #"{"name":"a","password":"b"}"#)
    #expect(login.errorCode == "no_accounts")
    #expect(try await service.send(.get, "/api/account/tokens").errorCode == "no_accounts")
    let overview = try await service.send(.get, "/api/admin/overview", cookie: SessionCookie.newToken())
    #expect(overview.status == (access == .single ? 200 : 403))
    let session = try await service.send(.get, "/api/session")
    #expect(session.json["access"] as? String == access.rawValue)
    #expect((session.json["user"] is [String: Any]) == (access == .single))
  }
}
