import JobQueue
import Logging

/// Ends the sockets of sessions and API tokens whose time is over: whoever only listens sends no request that would
/// show it.
///
/// What is revoked by somebody ends its sockets at once, without this.
struct CredentialWatch: Sendable {
  private static let pause = Duration.seconds(10)
  /// Asked of the database at a time.
  private static let batch = 200

  let services: Services

  /// Looks again and again until the task is cancelled.
  func run() async throws {
    while true {
      try await Task.sleep(for: Self.pause)
      do { try await look() } catch {
        services.logger.error("cannot look at sessions", metadata: ["error": "\(error)"])
      }
    }
  }

  /// One look at everything that holds a socket open.
  func look() async throws {
    var rest = services.hub.credentials[...]
    while !rest.isEmpty {
      let part = rest.prefix(Self.batch)
      rest = rest.dropFirst(Self.batch)
      var sessions: [String] = []
      var tokens: [String] = []
      for credential in part {
        switch credential {
        case .session(let sha256): sessions.append(sha256)
        case .token(let id): tokens.append(id)
        }
      }
      let ended = try await services.store.endedCredentials(sessions: sessions, tokens: tokens)
      for sha256 in ended.sessions { services.hub.end(.session(sha256)) }
      for id in ended.tokens { services.hub.end(.token(id)) }
    }
  }
}
