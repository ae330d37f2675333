import Glibc
import Synchronization

/// Whether the person pressed Ctrl-C; a second time ends the program at once.
enum Interruption {
  private static let happened = Atomic<Bool>(false)

  /// Watches from now on; returns the question whether it happened.
  static func watch() -> @Sendable () -> Bool {
    // Made before the handler can want it.
    _ = happened.load(ordering: .relaxed)
    for number in [SIGINT, SIGTERM] {
      signal(number) { number in
        Interruption.happened.store(true, ordering: .relaxed)
        signal(number, SIG_DFL)
      }
    }
    return { happened.load(ordering: .relaxed) }
  }
}
