internal import Synchronization

/// How many bytes of bodies all connections together may hold in memory.
///
/// Without it a few hundred uploads at once would take gigabytes, each of them within its own limit. What counts is
/// what has come, not what was announced: who announces much and sends little would take everybody's room.
final class BodyBudget: Sendable {
  private let left: Mutex<Int>

  init(bytes: Int) {
    left = Mutex(bytes)
  }

  /// Whether `count` bytes could be taken now and `spared` would be left.
  func hasRoom(for count: Int, sparing spared: Int) -> Bool {
    left.withLock { count <= $0 - spared }
  }

  /// Takes `count` bytes of the budget if `spared` are left then.
  func reserve(_ count: Int, sparing spared: Int) -> Bool {
    left.withLock { left in
      guard count <= left - spared else { return false }
      left -= count
      return true
    }
  }

  /// Gives `count` reserved bytes back.
  func release(_ count: Int) {
    left.withLock { $0 += count }
  }
}
