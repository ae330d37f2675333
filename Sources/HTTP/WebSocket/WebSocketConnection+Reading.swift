internal import Sockets

extension WebSocketConnection {
  /// Reads what has come and whatever comes, on the loop's thread.
  func listen() {
    socket.listen { [self] in assumeIsolated { $0.takeTurn() } }
    // What came with the handshake may be enough for now.
    if inbox.count >= limits.inbox { stallReading() } else { takeTurn() }
  }

  /// Reads no more by itself: the conversation is over.
  func stopListening() {
    socket.listen(nil)
    if let alarm { socket.loop.cancel(alarm.id) }
    if let stall { socket.loop.cancel(stall) }
    alarm = nil
    stall = nil
  }

  /// Of six bytes each, these are a thousand frames: what may keep the loop from others.
  private static let bytesPerTurn = 8 * 1024

  /// One read; more in a later turn, for fairness.
  private func takeTurn() {
    if isEnding || stall != nil { return }
    switch socket.readNow(max: Self.bytesPerTurn) {
    case .nothing: return setAlarm()
    case .bytes(let bytes): apply(machine.received(bytes, at: MonotonicInstant.now))
    case .ended: apply(machine.reachedEnd())
    }
    if isEnding { return }
    if inbox.count >= limits.inbox { return stallReading() }
    guard !socket.isWaitingForMore else { return }
    socket.loop.execute { self.assumeIsolated { $0.takeTurn() } }
  }

  // MARK: - The application takes no messages

  /// Pings go on while the application does not take messages, but their pongs cannot be seen: a peer is given
  /// one pong timeout for the application's sake, then it is closed.
  private func stallReading() {
    stall = socket.loop.schedule(at: MonotonicInstant.now + limits.pongTimeout) { [self] in
      assumeIsolated { connection in
        guard !connection.isEnding, connection.stall != nil else { return }
        connection.stall = nil
        connection.apply(connection.machine.close(.policyViolation, dropping: true, at: MonotonicInstant.now))
        connection.discardMessages()
        connection.takeTurn()
      }
    }
  }

  /// The application took messages.
  func goOnReading() {
    guard let timer = stall, inbox.count < limits.inbox else { return }
    socket.loop.cancel(timer)
    stall = nil
    takeTurn()
  }

  // MARK: - Deadlines

  /// Most deadlines only ever move further away, and an alarm that rings too early costs less than a new one each
  /// time.
  func setAlarm() {
    // What would be found too late cannot be seen while nothing is read.
    if isEnding || stall != nil { return }
    let deadline = machine.deadline
    if let alarm {
      if alarm.at <= deadline { return }
      socket.loop.cancel(alarm.id)
    }
    let id = socket.loop.schedule(at: deadline) { [self] in assumeIsolated { $0.ring() } }
    alarm = (id, deadline)
  }

  private func ring() {
    alarm = nil
    if isEnding || stall != nil { return }
    let now = MonotonicInstant.now
    if machine.deadline <= now { apply(machine.deadlinePassed(at: now)) }
    setAlarm()
  }
}
