/// What does not wait, for those who are on the loop's thread; anywhere else it traps.
extension Connection {
  /// Reads what is there, at most `max` bytes (and at most 64 KiB).
  public nonisolated func readNow(max: Int = EventLoop.bytesPerTurn) -> ReadNow {
    loop.checkIsolated()
    do throws(SocketError) {
      guard let bytes = try wire.receive(max: max) else { return .nothing }
      return bytes.isEmpty ? .ended : .bytes(bytes)
    } catch {
      return .ended
    }
  }

  /// Whether the last read took all there was, and more, or the end, will be told by the loop.
  public nonisolated var isWaitingForMore: Bool {
    loop.checkIsolated()
    return wire.isDrained && !wire.readiness.hasEnded
  }

  /// Calls `heard` on the loop's thread whenever something, or the end, has come, instead of waiting in a task.
  ///
  /// Nil ends that; between the two nobody may `read`.
  public nonisolated func listen(_ heard: (@Sendable () -> Void)?) {
    wire.readiness.listen(heard)
  }

  /// Sends what the peer takes at once and returns how many bytes that were, nil when the connection is lost.
  public nonisolated func sendNow(_ bytes: [UInt8]) -> Int? {
    loop.checkIsolated()
    return try? wire.send(bytes, from: 0, more: false)
  }

  /// Sends of two arrays what the peer takes at once; see `sendNow(_:)`.
  public nonisolated func sendNow(_ head: [UInt8], _ body: [UInt8]) -> Int? {
    loop.checkIsolated()
    return try? wire.send(head[...], body)
  }
}
