import Foundation
import Generation
import JobQueue
import Testing

@Suite struct AccountTests {
  private let boss = AuditActor(id: UserID("boss"), name: "Boss")

  private func admin(_ store: any JobStore, _ name: String = "Anna") async throws -> AccountRecord {
    try await store.createAdmin(NewAccount(name: name, nameKey: name.lowercased(), passwordHash: "h-\(name)"))
      .record
  }

  private func invited(
    _ store: any JobStore, _ clock: ManualClock, _ name: String, role: UserRole = .user
  ) async throws -> AccountOutcome {
    _ = try await store.createInvitation(
      codeSHA256: "code-\(name)", role: role, expires: clock.wall + 100, by: boss)
    return try await store.createAccount(
      NewAccount(name: name, nameKey: name.lowercased(), passwordHash: "h-\(name)"),
      invitationSHA256: "code-\(name)")
  }

  @Test(arguments: StoreKind.all)
  func `a session lasts until it expires and is not ended by a wall clock a little wrong`(
    kind: StoreKind
  ) async throws {
    let fixture = try StoreFixture(kind)
    let store = fixture.store
    let anna = try await admin(store)
    let expires = fixture.clock.wall + 1000
    #expect(
      try await store.logIn(anna.id, tokenSHA256: "t", expires: expires, verified: "h-Anna", rehashed: nil)?
        .id == anna.id)
    #expect(try await store.touchSession(tokenSHA256: "t", expires: expires) == anna)
    #expect(try await store.touchSession(tokenSHA256: "u", expires: expires) == nil)
    fixture.clock.advance(.seconds(1200))
    #expect(try await store.touchSession(tokenSHA256: "t", expires: expires) == anna)
    fixture.clock.advance(.seconds(101))
    #expect(try await store.touchSession(tokenSHA256: "t", expires: expires) == nil)
    _ = try await store.logIn(
      anna.id, tokenSHA256: "v", expires: fixture.clock.wall + 9, verified: "h-Anna", rehashed: nil)
    try await store.closeSession(tokenSHA256: "v")
    #expect(try await store.touchSession(tokenSHA256: "v", expires: expires) == nil)
  }

  @Test(arguments: StoreKind.all)
  func `a session that is used is prolonged, for a year and no longer`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let store = fixture.store
    let anna = try await admin(store)
    let month = Duration.seconds(30 * 86_400)
    _ = try await store.logIn(
      anna.id, tokenSHA256: "t", expires: fixture.clock.wall + 30 * 86_400, verified: "h-Anna", rehashed: nil)
    for _ in 0..<12 {
      fixture.clock.advance(month - .seconds(60))
      #expect(
        try await store.touchSession(tokenSHA256: "t", expires: fixture.clock.wall + 30 * 86_400) == anna)
    }
    fixture.clock.advance(.seconds(7 * 86_400))
    #expect(try await store.touchSession(tokenSHA256: "t", expires: fixture.clock.wall + 30 * 86_400) == nil)
  }

  @Test(arguments: StoreKind.all)
  func `an invitation makes one account of a new name, once, in time`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let store = fixture.store
    guard case .done(let bert) = try await invited(store, fixture.clock, "Bert") else {
      Issue.record("no account")
      return
    }
    #expect(bert.role == .user && bert.name == "Bert")
    #expect(try await store.credentials(nameKey: "bert")?.hash == "h-Bert")
    let again = NewAccount(name: "Carl", nameKey: "carl", passwordHash: "h")
    #expect(try await store.createAccount(again, invitationSHA256: "code-Bert") == .badInvitation)
    #expect(try await store.createAccount(again, invitationSHA256: "unknown") == .badInvitation)
    #expect(try await invited(store, fixture.clock, "BERT") == .nameTaken)
    // The invitation of a name that was taken is not used up.
    guard case .done(let carl) = try await store.createAccount(again, invitationSHA256: "code-BERT") else {
      Issue.record("the invitation is lost")
      return
    }
    #expect(Set(try await store.invitations().compactMap(\.usedBy?.id)) == [carl.id, bert.id])
    _ = try await store.createInvitation(
      codeSHA256: "late", role: .user, expires: fixture.clock.wall + 10, by: boss)
    fixture.clock.advance(.seconds(400))
    let late = NewAccount(name: "Dora", nameKey: "dora", passwordHash: "h")
    #expect(try await store.createAccount(late, invitationSHA256: "late") == .badInvitation)
  }

  @Test(arguments: StoreKind.all)
  func `create-admin replaces a lost password and lets a closed account in again`(kind: StoreKind)
    async throws
  {
    let fixture = try StoreFixture(kind)
    let store = fixture.store
    let anna = try await admin(store)
    _ = try await admin(store, "Bert")
    _ = try await store.logIn(
      anna.id, tokenSHA256: "t", expires: fixture.clock.wall + 99, verified: "h-Anna", rehashed: nil)
    _ = try await store.updateAccount(anna.id, AccountChange(role: .user, isDisabled: true), by: boss)
    let (record, isNew) = try await store.createAdmin(
      NewAccount(name: "anna", nameKey: "anna", passwordHash: "new"))
    #expect(!isNew && record.id == anna.id && record.role == .admin && !record.isDisabled)
    #expect(try await store.credentials(anna.id)?.hash == "new")
    #expect(try await store.touchSession(tokenSHA256: "t", expires: fixture.clock.wall + 99) == nil)
  }

  @Test(arguments: StoreKind.all)
  func `shutting out ends sessions and tokens, and there is always an admin left`(kind: StoreKind)
    async throws
  {
    let fixture = try StoreFixture(kind)
    let store = fixture.store
    let anna = try await admin(store)
    let later = fixture.clock.wall + 1000
    #expect(
      try await store.updateAccount(anna.id, AccountChange(isDisabled: true), by: boss) == .lastAdmin)
    #expect(try await store.updateAccount(anna.id, AccountChange(role: .user), by: boss) == .lastAdmin)
    #expect(try await store.updateAccount(UserID("x"), AccountChange(role: .user), by: boss) == .unknown)
    let bert = try await admin(store, "Bert")
    _ = try await store.logIn(bert.id, tokenSHA256: "t", expires: later, verified: "h-Bert", rehashed: nil)
    _ = try await store.createToken(
      NewToken(owner: bert.id, name: "script", scopes: [.read], secretSHA256: "s"), limit: 9)
    guard
      case .done(let closed) = try await store.updateAccount(
        bert.id, AccountChange(isDisabled: true), by: boss)
    else {
      Issue.record("not closed")
      return
    }
    #expect(closed.isDisabled)
    #expect(try await store.touchSession(tokenSHA256: "t", expires: later) == nil)
    #expect(try await store.useToken(secretSHA256: "s") == nil)
    #expect(
      try await store.logIn(bert.id, tokenSHA256: "u", expires: later, verified: "h-Bert", rehashed: nil)
        == nil)
    #expect(
      try await store.changePassword(
        bert.id, verified: "h-Bert", hash: "n", tokenSHA256: "u", expires: later) == nil)
    #expect(try await store.adminCount() == 1)
    #expect(try await store.updateAccount(anna.id, AccountChange(isDisabled: true), by: boss) == .lastAdmin)
  }

  @Test(arguments: StoreKind.all)
  func `a new password ends every session but the one that set it`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let store = fixture.store
    let anna = try await admin(store)
    let later = fixture.clock.wall + 1000
    for token in ["a", "b"] {
      _ = try await store.logIn(
        anna.id, tokenSHA256: token, expires: later, verified: "h-Anna", rehashed: nil)
    }
    let changed = try await store.changePassword(
      anna.id, verified: "h-Anna", hash: "new", tokenSHA256: "c", expires: later)
    #expect(changed == anna)
    #expect(try await store.touchSession(tokenSHA256: "a", expires: later) == nil)
    #expect(try await store.touchSession(tokenSHA256: "b", expires: later) == nil)
    #expect(try await store.touchSession(tokenSHA256: "c", expires: later) == anna)
    try await store.closeSessions(of: anna.id)
    #expect(try await store.touchSession(tokenSHA256: "c", expires: later) == nil)
    // A password that was changed while it was looked at opens nothing, and replaces nothing.
    let stale = try await store.changePassword(
      anna.id, verified: "h-Anna", hash: "stale", tokenSHA256: "f", expires: later)
    #expect(stale == nil)
    #expect(try await store.touchSession(tokenSHA256: "f", expires: later) == nil)
    let late = try await store.logIn(
      anna.id, tokenSHA256: "e", expires: later, verified: "h-Anna", rehashed: "h-Anna again")
    #expect(late == nil)
    #expect(try await store.credentials(anna.id)?.hash == "new")
    _ = try await store.logIn(anna.id, tokenSHA256: "d", expires: later, verified: "new", rehashed: "better")
    #expect(try await store.credentials(anna.id)?.hash == "better")
  }

  @Test(arguments: StoreKind.all)
  func `tokens are their owner's, end in time and are counted`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let store = fixture.store
    let anna = try await admin(store)
    let bert = try await admin(store, "Bert")
    let made = try #require(
      try await store.createToken(
        NewToken(
          owner: anna.id, name: "script", scopes: [.read, .submit], secretSHA256: "s",
          expiresAt: fixture.clock.wall + 100), limit: 1))
    let second = NewToken(owner: anna.id, name: "two", scopes: [.read], secretSHA256: "s2")
    #expect(try await store.createToken(second, limit: 1) == nil)
    let used = try #require(try await store.useToken(secretSHA256: "s"))
    #expect(used.owner == anna && used.token.scopes == [.read, .submit] && used.token.lastUsedAt == nil)
    #expect(try await store.tokens(of: anna.id).first?.lastUsedAt == fixture.clock.wall)
    #expect(try await store.tokens(of: bert.id).isEmpty)
    #expect(try await store.deleteToken(made.id, owner: bert.id) == false)
    fixture.clock.advance(.seconds(401))
    #expect(try await store.useToken(secretSHA256: "s") == nil)
    #expect(try await store.deleteToken(made.id, owner: anna.id))
  }

  @Test(arguments: StoreKind.all)
  func `what admins do is written down, newest first`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let store = fixture.store
    let anna = try await admin(store)
    _ = try await admin(store, "Bert")
    _ = try await store.updateAccount(anna.id, AccountChange(role: .user, passwordHash: "x"), by: boss)
    try await store.audit("job.fail", subject: "j", detail: "owner=Bert", by: boss)
    let entries = try await store.auditEntries(limit: 2, before: nil)
    #expect(entries.map(\.action) == ["job.fail", "account.update"])
    #expect(entries[1].detail == "role=user password" && entries[1].actor == boss)
    let before = try await store.auditEntries(limit: 9, before: entries[1].number)
    #expect(before.map(\.subject) == ["Bert", "Anna"] && before.allSatisfy { $0.actor == .owner })
  }

  @Test(arguments: StoreKind.all)
  func `an admin sees everybody's counts and unfinished jobs`(kind: StoreKind) async throws {
    let fixture = try StoreFixture(kind)
    let store = fixture.store
    let anna = try await admin(store)
    _ = try await store.submit(
      JobSubmission(owner: anna.id, ownerKind: .account, request: StoreFixture.request()))
    try await fixture.submit()
    let lease = try #require(try await store.take(worker: StoreFixture.worker, models: StoreFixture.models))
    let open = try await store.openJobs(.all)
    #expect(open.map(\.ownerName) == ["Anna", ""])
    let taken = try #require(open.first { $0.job.id == lease.id })
    #expect(taken.job.worker == StoreFixture.worker && (taken.leaseSeconds ?? 0) > 0)
    #expect(open.first { $0.job.id != lease.id }?.leaseSeconds == nil)
    #expect(try await store.openJobs(.running) == [taken])
    let waiting = try #require(open.first { $0.job.id != lease.id })
    #expect(try await store.openJobs(.one(waiting.job.id)) == [waiting])
    #expect(try await store.openJobs(.one(JobID("x"))).isEmpty)
    let users = try await store.users()
    let seen = try #require(users.first { $0.id == anna.id })
    #expect(try await store.user(anna.id) == seen)
    #expect(try await store.user(UserID("x")) == nil)
    #expect(try await store.totals() == (users: users.count, imageBytes: 0))
    #expect(seen.kind == .account && seen.role == .admin && seen.jobs == 1 && seen.openJobs == 1)
  }
}
