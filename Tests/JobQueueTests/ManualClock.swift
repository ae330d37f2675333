import FoundationEssentials
import JobQueue
import Synchronization

/// A clock that moves only when told.
final class ManualClock: QueueClock {
  private struct Time {
    var uptime = Duration.seconds(1000)
    var wall = Date(timeIntervalSince1970: 1_700_000_000)
    var bootID = "boot-1"
  }

  private let time = Mutex(Time())

  var uptime: Duration { time.withLock { $0.uptime } }
  var wall: Date { time.withLock { $0.wall } }
  var bootID: String { time.withLock { $0.bootID } }

  /// Both clocks go on.
  func advance(_ duration: Duration) {
    time.withLock {
      $0.uptime += duration
      $0.wall += Double(duration.components.seconds)
    }
  }

  /// Somebody sets the wall clock.
  func jumpWall(_ seconds: Double) { time.withLock { $0.wall += seconds } }

  /// The machine starts anew.
  func reboot() {
    time.withLock {
      $0.uptime = .seconds(20)
      $0.bootID += "x"
    }
  }
}
