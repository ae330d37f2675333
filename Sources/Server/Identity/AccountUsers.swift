import FoundationEssentials
import Generation
import HTTPTypes
import JobQueue

/// `--access accounts`: people by the session their log-in opened, programs by an API token.
struct AccountUsers: Authenticator {
  let store: any AccountStore & UserStore

  /// With an `Authorization` header no cookie counts: a program is never more than its token.
  func caller(_ visit: Visit) async throws -> Caller {
    if let header = visit.fields[.authorization] { return try await program(header, visit) }
    guard let token = SessionCookie.token(of: visit) else { return Caller(visit: visit) }
    let sha256 = SessionCookie.sha256(of: token)
    let expires = Date() + Double(SessionCookie.accountDays) * 86_400
    guard let account = try await store.touchSession(tokenSHA256: sha256, expires: expires) else {
      return Caller(visit: visit)
    }
    return caller(account, .session(sha256), nil, visit)
  }

  private func program(_ header: String, _ visit: Visit) async throws -> Caller {
    let parts = header.split(separator: " ")
    guard parts.count == 2, parts[0].lowercased() == "bearer", let secret = APIToken(String(parts[1])),
      let found = try await store.useToken(secretSHA256: secret.sha256)
    else { throw APIError.badToken }
    return caller(found.owner, .token(found.token.id), found.token.scopes, visit)
  }

  private func caller(
    _ account: AccountRecord, _ credential: Caller.Credential, _ scopes: Set<TokenScope>?, _ visit: Visit
  ) -> Caller {
    Caller(
      user: account.id, name: account.name, role: account.role, account: account, scopes: scopes,
      credential: credential, visit: visit)
  }

  /// The browser's cookie lasts as long as the session it stands for, which every visit prolongs.
  func newCookie(_ visit: Visit) -> String? {
    SessionCookie.token(of: visit).map {
      SessionCookie.header($0, for: visit, days: SessionCookie.accountDays)
    }
  }

  func newUser(_ visit: Visit) -> (user: UserID, cookie: String)? { nil }
}
