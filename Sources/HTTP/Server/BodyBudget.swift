internal import Synchronization

/// How many bytes of bodies all connections together may hold in memory.
///
/// Without it a few hundred uploads at once would take gigabytes, each of them within its own limit.
final class BodyBudget: Sendable {
  private let left: Mutex<Int>

  init(bytes: Int) {
    left = Mutex(bytes)
  }

  /// Takes `count` bytes of the budget if they are left.
  func reserve(_ count: Int) -> Bool {
    left.withLock { left in
      guard count <= left else { return false }
      left -= count
      return true
    }
  }

  /// Gives `count` reserved bytes back.
  func release(_ count: Int) {
    left.withLock { $0 += count }
  }
}
