/// What waits to be sent over a WebSocket, bounded in bytes and messages.
///
/// Order: control frames, then messages as they came. A slow client loses messages of `.latest` first, the oldest
/// first; when a reliable one does not fit even so, the client is too slow.
struct WebSocketOutbox: Sendable {
  /// Pongs that may wait; a peer that sends pings without reading gets no more.
  static let maxControls = 64

  private struct Entry {
    let frame: [UInt8]
    let priority: WebSocketPriority
  }

  private let limits: WebSocketLimits
  private var controls: [[UInt8]] = []
  private var entries: [Entry] = []
  private(set) var byteCount = 0
  private(set) var hasClosing = false

  init(limits: WebSocketLimits) {
    self.limits = limits
  }

  var messageCount: Int { entries.count }
  var isEmpty: Bool { controls.isEmpty && entries.isEmpty }
  /// At most half full: a producer that waits for room may go on.
  var hasRoom: Bool { byteCount <= limits.outboxBytes / 2 && entries.count <= limits.outboxMessages / 2 }

  /// Adds a message.
  ///
  /// Returns false when it is reliable and does not fit.
  mutating func add(_ frame: [UInt8], _ priority: WebSocketPriority) -> Bool {
    if hasClosing { return true }
    if case .latest = priority, let index = entries.firstIndex(where: { $0.priority == priority }) {
      removeEntry(at: index)
    }
    while !fits(frame) {
      guard let index = entries.firstIndex(where: { $0.priority != .reliable }) else {
        return priority != .reliable
      }
      removeEntry(at: index)
    }
    entries.append(Entry(frame: frame, priority: priority))
    byteCount += frame.count
    return true
  }

  /// Adds a pong or ping ahead of all messages.
  mutating func addControl(_ frame: [UInt8]) {
    if !hasClosing, controls.count < WebSocketOutbox.maxControls { controls.append(frame) }
  }

  /// Adds the close frame, the last frame there is.
  ///
  /// `dropping` throws away what waits; otherwise it is sent first.
  mutating func addClosing(_ frame: [UInt8], dropping: Bool) {
    if hasClosing { return }
    hasClosing = true
    if dropping {
      entries = []
      byteCount = 0
    }
    entries.append(Entry(frame: frame, priority: .reliable))
    byteCount += frame.count
  }

  /// Drops everything: nobody takes it.
  mutating func removeAll() {
    controls = []
    entries = []
    byteCount = 0
  }

  /// Takes frames to write at once: at least one if any waits, and about 64 KiB.
  mutating func take() -> [UInt8] {
    var bytes: [UInt8] = []
    for frame in controls { bytes.append(contentsOf: frame) }
    controls = []
    var taken = 0
    while taken < entries.count, bytes.isEmpty || bytes.count + entries[taken].frame.count <= 64 * 1024 {
      bytes.append(contentsOf: entries[taken].frame)
      byteCount -= entries[taken].frame.count
      taken += 1
    }
    entries.removeFirst(taken)
    return bytes
  }

  private func fits(_ frame: [UInt8]) -> Bool {
    entries.count < limits.outboxMessages && byteCount + frame.count <= limits.outboxBytes
  }

  private mutating func removeEntry(at index: Int) {
    byteCount -= entries[index].frame.count
    entries.remove(at: index)
  }
}
