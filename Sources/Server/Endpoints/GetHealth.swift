import HTTP
import JobQueue
import Sockets
import Synchronization

/// `GET /healthz`: the process answers and its database can be read.
///
/// A look at the database counts for a second: those who ask more often cost it nothing.
final class GetHealth: Endpoint {
  private static let freshness = Duration.seconds(1)
  private static let answer = Response.text("ok\n").prepared()

  private let services: Services
  private let seen = Mutex<MonotonicInstant?>(nil)

  init(_ services: Services) { self.services = services }

  /// The answer while the last look is young; nil when the database has to be asked.
  func respondAtOnce() -> Response? {
    guard let last = seen.withLock({ $0 }), MonotonicInstant.now - last < Self.freshness else { return nil }
    return Self.answer
  }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    if let answer = respondAtOnce() { return answer }
    let now = MonotonicInstant.now
    _ = try await services.store.lastSequence(owner: SingleUser.id)
    seen.withLock { $0 = now }
    return Self.answer
  }
}
