import Generation
import WorkerProtocol

/// What the worker owes the server: one attempt, and every message the server must not miss.
///
/// Pictures and the attempt's end are kept until the server acknowledges them, so that a lost link
/// costs nothing; progress is not kept. A value without sockets or threads: the caller performs what
/// it returns.
struct AttemptLedger {
  /// The attempt held and what was said about it.
  private struct Entry {
    let attempt: JobAttempt
    var kept: [WorkerMessage] = []
    var hasEnded = false
  }

  private var entry: Entry?
  /// Whether the server has confirmed, on the present link, that it wants to hear about the attempt.
  private(set) var isOpen = false

  /// The attempt held, running or not yet acknowledged.
  var attempt: JobAttempt? { entry?.attempt }

  /// The attempt that still runs.
  var running: JobAttempt? { entry.flatMap { $0.hasEnded ? nil : $0.attempt } }

  /// Takes an assignment; false when another attempt is held.
  mutating func begin(_ attempt: JobAttempt) -> Bool {
    guard entry == nil else { return false }
    entry = Entry(attempt: attempt)
    isOpen = true
    return true
  }

  /// Keeps what must arrive, and says whether to send the message now.
  ///
  /// Messages about an attempt that is no longer held are dropped: it was settled meanwhile.
  mutating func record(_ message: WorkerMessage, about attempt: JobAttempt) -> Bool {
    guard entry?.attempt == attempt else { return false }
    switch message {
    case .image: entry?.kept.append(message)
    case .completed, .failed, .cancelled:
      entry?.kept.append(message)
      entry?.hasEnded = true
    default: break
    }
    return isOpen
  }

  /// The link was lost: nothing is sent until the server asks for it again.
  mutating func close() { isOpen = false }

  /// What to say first on a new link; nil when nothing is held.
  var resume: HeldAttempt? {
    entry.map { HeldAttempt($0.attempt, $0.hasEnded ? .unacknowledged : .running) }
  }

  /// The server wants the attempt: everything kept is to be sent again.
  mutating func proceed(_ attempt: JobAttempt) -> [WorkerMessage] {
    guard let entry, entry.attempt == attempt else { return [] }
    isOpen = true
    return entry.kept
  }

  /// The server has, or does not want, the attempt: forgets it.
  ///
  /// True when the attempt still runs and must stop.
  mutating func settle(_ attempt: JobAttempt) -> Bool {
    guard let entry, entry.attempt == attempt else { return false }
    self.entry = nil
    isOpen = false
    return !entry.hasEnded
  }
}
