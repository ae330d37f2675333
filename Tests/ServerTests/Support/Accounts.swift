import Foundation
import Generation
import HTTPTypes
import JobQueue
import Testing

@testable import Server

extension TestService {
  /// The password of everybody in tests.
  static let password = "correct horse"

  /// Makes an admin and logs in: the session's cookie.
  func admin(_ name: String = "Boss") async throws -> String {
    let name = try AccountName(name)
    let hash = try PasswordHash(Password(attempt: Self.password), cost: .init(ln: 4)).text
    _ = try await store.createAdmin(NewAccount(name: name.text, nameKey: name.key, passwordHash: hash))
    services.accounts.hasAccounts.set()
    return try await logIn(name.text)
  }

  /// Logs in with the tests' password: the session's cookie.
  func logIn(_ name: String, password: String = password) async throws -> String {
    let reply = try await post("/api/session", #"{"name":"\#(name)","password":"\#(password)"}"#)
    #expect(reply.status == 200, "\(reply.text)")
    return try reply.cookie
  }

  /// Invites somebody, who makes an account: the session's cookie.
  func person(_ name: String, role: UserRole = .user, invitedBy admin: String) async throws -> String {
    let invitation = try await post("/api/admin/invitations", #"{"role":"\#(role.rawValue)"}"#, cookie: admin)
    let code = try #require(invitation.json["code"] as? String)
    let reply = try await post(
      "/api/accounts", #"{"invitation":"\#(code)","name":"\#(name)","password":"\#(Self.password)"}"#)
    #expect(reply.status == 201, "\(reply.text)")
    return try reply.cookie
  }

  /// An API token of whoever has this cookie.
  func token(_ scopes: [String], cookie: String) async throws -> String {
    let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
    let reply = try await post("/api/account/tokens", #"{"name":"t","scopes":[\#(list)]}"#, cookie: cookie)
    return try #require(reply.json["token"] as? String)
  }

  /// The caller's id.
  func id(cookie: String) async throws -> String {
    let reply = try await send(.get, "/api/session", cookie: cookie)
    return try #require((reply.json["user"] as? [String: Any])?["id"] as? String)
  }
}

extension Reply {
  /// The session token that the reply sets.
  var cookie: String {
    get throws {
      let header = try #require(headers[.setCookie])
      return try #require(SessionCookie.token(in: header.split(separator: ";").first.map(String.init)))
    }
  }
}
