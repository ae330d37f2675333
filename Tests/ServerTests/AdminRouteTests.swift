import Foundation
import Generation
import HTTPTypes
import JobQueue
import Testing

@testable import Server

@Suite struct AdminRouteTests {
  private func list(_ reply: Reply, _ name: String) -> [[String: Any]] {
    reply.json[name] as? [[String: Any]] ?? []
  }

  @Test func `shutting somebody out ends sessions, tokens, sockets and jobs at once`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    let anna = try await service.person("Anna", invitedBy: admin)
    let id = UserID(try await service.id(cookie: anna))
    let job = try await service.submit("p", cookie: anna)
    let token = try await service.token(["read"], cookie: anna)
    let socket = service.services.hub.subscribe(id, .session(SessionCookie.sha256(of: anna)))
    let path = "/api/admin/users/\(id)"
    let reply = try await service.send(.patch, path, cookie: admin, body: Array(#"{"disabled":true}"#.utf8))
    #expect(reply.status == 200 && reply.json["disabled"] as? Bool == true)
    #expect(reply.json["open_jobs"] as? Int == 0)
    #expect(socket.closeCode == 4001)
    #expect(try await service.store.job(JobID(job), owner: id)?.state == .cancelled)
    #expect(try await service.send(.get, "/api/jobs", cookie: anna).status == 401)
    let fields: HTTPFields = [.authorization: "Bearer \(token)"]
    #expect(try await service.send(.get, "/api/jobs", headers: fields).status == 401)
    let login = try await service.post(
      "/api/session", #"{"name":"Anna","password":"\#(TestService.password)"}"#)
    #expect(login.status == 403 && login.errorCode == "account_disabled")
    let back = try await service.send(.patch, path, cookie: admin, body: Array(#"{"disabled":false}"#.utf8))
    #expect(back.status == 200)
    _ = try await service.logIn("Anna")
    let audit = try await service.send(.get, "/api/admin/audit?limit=2", cookie: admin)
    let entries = list(audit, "entries")
    #expect(entries.map { $0["detail"] as? String } == ["disabled=false", "disabled=true"])
    #expect((entries[0]["actor"] as? [String: Any])?["name"] as? String == "Boss")
    let number = try #require(entries[1]["number"] as? Int)
    let older = try await service.send(.get, "/api/admin/audit?before=\(number)", cookie: admin)
    #expect(list(older, "entries").first?["action"] as? String == "account.create")
    #expect(try await service.send(.get, "/api/admin/audit?before=x", cookie: admin).errorField == "before")
  }

  @Test func `an admin shuts a browser out of an open server, and lets it in again`() async throws {
    let service = try TestService(access: .open)
    defer { service.remove() }
    let browser = SessionCookie.newToken()
    let id = SessionCookie.user(of: browser)
    let job = try await service.submit("p", cookie: browser)
    #expect(try await service.send(.get, "/api/admin/users", cookie: browser).status == 403)
    let admin = try await service.admin()
    let socket = service.services.hub.subscribe(id)
    let path = "/api/admin/users/\(id)"
    let role = try await service.send(.patch, path, cookie: admin, body: Array(#"{"role":"admin"}"#.utf8))
    #expect(role.status == 422 && role.errorField == "role")
    let reply = try await service.send(.patch, path, cookie: admin, body: Array(#"{"disabled":true}"#.utf8))
    #expect(reply.status == 200 && reply.json["disabled"] as? Bool == true)
    #expect(reply.json["open_jobs"] as? Int == 0)
    #expect(socket.closeCode == 4001)
    #expect(try await service.store.job(JobID(job), owner: id)?.state == .cancelled)
    for path in ["/api/jobs", "/api/session", "/api/capabilities"] {
      #expect(try await service.send(.get, path, cookie: browser).errorCode == "banned")
    }
    #expect(try await service.send(.get, "/api/jobs", cookie: SessionCookie.newToken()).status == 200)
    #expect(try await service.store.bannedUsers() == [id])
    _ = try await service.send(.patch, path, cookie: admin, body: Array(#"{"disabled":false}"#.utf8))
    #expect(try await service.send(.get, "/api/jobs", cookie: browser).status == 200)
    let audit = try await service.send(.get, "/api/admin/audit?limit=2", cookie: admin)
    #expect(list(audit, "entries").map { $0["action"] as? String } == ["user.unban", "user.ban"])
  }

  @Test func `a socket ends with the time of its session or token`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    let id = UserID(try await service.id(cookie: admin))
    _ = try await service.token(["read"], cookie: admin)
    let token = try #require(try await service.store.tokens(of: id).first)
    let hub = service.services.hub
    let kept = hub.subscribe(id, .session(SessionCookie.sha256(of: admin)))
    let byToken = hub.subscribe(id, .token(token.id))
    let ended = hub.subscribe(id, .session(SessionCookie.sha256(of: "another")))
    let watch = CredentialWatch(services: service.services)
    try await watch.look()
    #expect(kept.closeCode == nil && byToken.closeCode == nil && ended.closeCode == 4001)
    _ = try await service.store.deleteToken(token.id, owner: id)
    try await service.store.closeSession(tokenSHA256: SessionCookie.sha256(of: admin))
    try await watch.look()
    #expect(kept.closeCode == 4001 && byToken.closeCode == 4001)
  }

  @Test func `a reset password lets its owner in and ends old sessions`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    let anna = try await service.person("Anna", invitedBy: admin)
    let path = "/api/admin/users/\(try await service.id(cookie: anna))"
    for (body, field) in [
      (#"{"password":"short"}"#, "password"), (#"{"role":"king"}"#, "role"), (#"{"disabled":1}"#, "disabled"),
      (#"{"name":"x"}"#, "name"),
    ] {
      let reply = try await service.send(.patch, path, cookie: admin, body: Array(body.utf8))
      #expect(reply.status == 422 && reply.errorField == field, "\(reply.text)")
    }
    let nothing = try await service.send(.patch, path, cookie: admin, body: Array("{}".utf8))
    #expect(nothing.status == 422)
    let body = Array(#"{"password":"battery staple"}"#.utf8)
    #expect(try await service.send(.patch, path, cookie: admin, body: body).status == 200)
    #expect(try await service.send(.get, "/api/jobs", cookie: anna).status == 401)
    _ = try await service.logIn("Anna", password: "battery staple")
    let audit = try await service.send(.get, "/api/admin/audit", cookie: admin)
    #expect(!audit.text.contains("battery"))
  }

  @Test func `the last admin stays`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    let path = "/api/admin/users/\(try await service.id(cookie: admin))"
    for body in [#"{"disabled":true}"#, #"{"role":"user"}"#] {
      let reply = try await service.send(.patch, path, cookie: admin, body: Array(body.utf8))
      #expect(reply.status == 409 && reply.errorCode == "last_admin")
    }
    let unknown = try await service.send(
      .patch, "/api/admin/users/nobody", cookie: admin, body: Array(#"{"role":"user"}"#.utf8))
    #expect(unknown.status == 404)
  }

  @Test func `invitations are shown once, listed without their code, and can be taken back`() async throws {
    let service = try TestService(access: .accounts)
    defer { service.remove() }
    let admin = try await service.admin()
    let made = try await service.post(
      "/api/admin/invitations", #"{"role":"admin","expires_hours":1}"#, cookie: admin)
    let code = try #require(made.json["code"] as? String)
    #expect(made.status == 201 && code.count == 32)
    let listed = try await service.send(.get, "/api/admin/invitations", cookie: admin)
    #expect(list(listed, "invitations").count == 1 && !listed.text.contains(code))
    #expect(listed.text.contains(#""used_by":null"#))
    let id = try #require(made.json["id"] as? String)
    #expect(try await service.send(.delete, "/api/admin/invitations/\(id)", cookie: admin).status == 204)
    #expect(try await service.send(.delete, "/api/admin/invitations/\(id)", cookie: admin).status == 404)
    let late = try await service.post(
      "/api/accounts", #"{"invitation":"\#(code)","name":"Eve","password":"\#(TestService.password)"}"#)
    #expect(late.errorCode == "bad_invitation")
    for body in [#"{"expires_hours":0}"#, #"{"role":"king"}"#] {
      #expect(try await service.post("/api/admin/invitations", body, cookie: admin).status == 422)
    }
  }

  @Test func `the local user of a single-user server looks after workers and jobs`() async throws {
    let service = try TestService(access: .single)
    defer { service.remove() }
    let id = try await service.submit("secret prompt")
    let lease = try #require(try await service.workOnce(finish: false))
    let overview = try await service.send(.get, "/api/admin/overview")
    #expect((overview.json["queue"] as? [String: Any])?["running"] as? Int == 1)
    let worker = try #require(list(overview, "workers").first)
    #expect((worker["job"] as? [String: Any])?["id"] as? String == id)
    #expect(worker["drained"] as? Bool == false)
    let jobs = try await service.send(.get, "/api/admin/jobs")
    #expect(list(jobs, "jobs").first?["worker_id"] as? String == "w0" && !jobs.text.contains("secret"))
    let drained = try await service.post("/api/admin/workers/w0/drain", #"{"drained":true}"#)
    #expect(drained.json["drained"] as? Bool == true)
    #expect(try await service.post("/api/admin/workers/none/drain", #"{"drained":true}"#).status == 404)
    #expect(try await service.post("/api/admin/workers/w0/drain", "{}").errorField == "drained")
    let requeued = try await service.post("/api/admin/jobs/\(id)/requeue", "{}")
    #expect(requeued.status == 200 && requeued.json["state"] as? String == "queued")
    #expect(try await service.store.finish(lease.attempt) != .settled(.finished))
    let failed = try await service.post("/api/admin/jobs/\(id)/fail", "{}")
    #expect(failed.json["state"] as? String == "failed")
    #expect(try await service.post("/api/admin/jobs/\(id)/fail", "{}").errorCode == "wrong_state")
    #expect(try await service.post("/api/admin/jobs/none/requeue", "{}").status == 404)
    let job = try await service.send(.get, "/api/jobs/\(id)")
    #expect((job.json["error"] as? [String: Any])?["code"] as? String == "stopped_by_admin")
    let audit = try await service.send(.get, "/api/admin/audit")
    #expect(
      list(audit, "entries").map { $0["action"] as? String } == ["job.fail", "job.requeue", "worker.drain"])
  }
}
