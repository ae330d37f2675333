import Generation
import WorkerProtocol

/// What the worker owes the server: the attempt on its device, the one before while its pictures are on their way,
/// and every message the server must not miss.
///
/// Pictures and an attempt's end are kept until the server acknowledges them, so that a lost link
/// costs nothing; progress is not kept. A value without sockets or threads: the caller performs what
/// it returns.
struct AttemptLedger {
  /// An attempt held and what was said about it.
  private struct Entry {
    let attempt: JobAttempt
    var kept: [WorkerMessage] = []
    /// Whether the device is done with it.
    var isOffDevice = false
    var hasEnded = false
    /// Whether the server has confirmed, on the present link, that it wants to hear about it.
    var isOpen = true
  }

  /// One on the device, one whose pictures are being saved.
  private static let most = 2
  /// The oldest first.
  private var entries: [Entry] = []

  /// Whether nothing is held.
  var isEmpty: Bool { entries.isEmpty }

  /// The attempt that the device works for.
  var onDevice: JobAttempt? { entries.last { !$0.isOffDevice }?.attempt }

  /// The newest attempt that has not ended.
  var running: JobAttempt? { entries.last { !$0.hasEnded }?.attempt }

  /// Whether this attempt is held, running or not yet acknowledged.
  func holds(_ attempt: JobAttempt) -> Bool { entries.contains { $0.attempt == attempt } }

  /// Whether messages about this attempt are sent.
  func isOpen(_ attempt: JobAttempt) -> Bool { entries.contains { $0.attempt == attempt && $0.isOpen } }

  /// Takes an assignment; false while the device works for another, or too much waits to be acknowledged.
  mutating func begin(_ attempt: JobAttempt) -> Bool {
    guard onDevice == nil, entries.count < Self.most, !holds(attempt) else { return false }
    entries.append(Entry(attempt: attempt))
    return true
  }

  /// Keeps what must arrive, and says whether to send the message now.
  ///
  /// Messages about an attempt that is no longer held are dropped: it was settled meanwhile.
  mutating func record(_ message: WorkerMessage, about attempt: JobAttempt) -> Bool {
    guard let index = entries.firstIndex(where: { $0.attempt == attempt }) else { return false }
    switch message {
    case .progress(_, let progress) where progress.phase == .saving: entries[index].isOffDevice = true
    case .image: entries[index].kept.append(message)
    case .completed, .failed, .cancelled:
      entries[index].kept.append(message)
      entries[index].isOffDevice = true
      entries[index].hasEnded = true
    default: break
    }
    return entries[index].isOpen
  }

  /// The link was lost: nothing is sent until the server asks for it again.
  mutating func close() { for index in entries.indices { entries[index].isOpen = false } }

  /// What to say first on a new link, the oldest first.
  var resumes: [HeldAttempt] {
    entries.map { HeldAttempt($0.attempt, $0.hasEnded ? .unacknowledged : .running) }
  }

  /// The server wants the attempt: everything kept is to be sent again.
  mutating func proceed(_ attempt: JobAttempt) -> [WorkerMessage] {
    guard let index = entries.firstIndex(where: { $0.attempt == attempt }) else { return [] }
    entries[index].isOpen = true
    return entries[index].kept
  }

  /// The server has, or does not want, the attempt: forgets it.
  ///
  /// True when the device still works for it and must stop.
  mutating func settle(_ attempt: JobAttempt) -> Bool {
    guard let index = entries.firstIndex(where: { $0.attempt == attempt }) else { return false }
    return !entries.remove(at: index).isOffDevice
  }
}
