import Generation
import Sockets
import Synchronization

/// Hashes passwords on two threads of its own, with a short queue: a log-in costs a third of a second and
/// 128 MiB, so strangers must not be able to ask for many at once.
final class PasswordHasher: Sendable {
  /// Hashes under way and waiting, together.
  private static let limit = 2 + 16

  private let threads: [ThreadExecutor]
  private let loads = Mutex([0, 0])
  /// What new hashes cost.
  let cost: PasswordHash.Cost
  /// Stands for the hash of those who have none.
  private let decoy: PasswordHash

  /// Starts the threads.
  init(cost: PasswordHash.Cost = PasswordHash.Cost()) throws {
    self.cost = cost
    threads = [try ThreadExecutor(name: "password-0"), try ThreadExecutor(name: "password-1")]
    decoy = PasswordHash(matchingNothingAt: cost)
  }

  /// The PHC string of a new password.
  /// - Throws: 503 `login_busy` when too many wait.
  func hash(_ password: Password) async throws -> String {
    try await run { [cost] in try PasswordHash(password, cost: cost).text }
  }

  /// Whether the password belongs to a stored hash, with equal work when there is none; and, if the stored
  /// one is cheaper than new ones are, a better one to keep.
  /// - Throws: 503 `login_busy` when too many wait.
  func verify(_ password: Password, _ stored: String?) async throws -> (isRight: Bool, better: String?) {
    try await run { [cost, decoy] in
      guard let hash = stored.flatMap({ PasswordHash($0) }) else {
        _ = try decoy.matches(password)
        return (false, nil)
      }
      guard try hash.matches(password) else { return (false, nil) }
      return (true, hash.cost == cost ? nil : try PasswordHash(password, cost: cost).text)
    }
  }

  private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    let index: Int? = loads.withLock { loads in
      guard loads[0] + loads[1] < Self.limit else { return nil }
      let index = loads[0] <= loads[1] ? 0 : 1
      loads[index] += 1
      return index
    }
    guard let index else { throw APIError.loginBusy }
    defer { loads.withLock { $0[index] -= 1 } }
    return try await threads[index].run(work)
  }
}
