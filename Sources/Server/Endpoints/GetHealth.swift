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

  nonisolated(nonsending) func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let now = SuspendingClock.now
    if let last = seen.withLock({ $0 }), now - last < Self.freshness { return Self.answer }
    _ = try await services.store.lastSequence(owner: SingleUser.id)
    seen.withLock { $0 = now }
    return Self.answer
  }
}
