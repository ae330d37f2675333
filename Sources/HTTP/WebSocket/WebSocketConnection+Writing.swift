internal import Sockets

extension WebSocketConnection {
  /// Sends what waits as far as the peer takes it; what it does not take now a task of its own sends.
  func flush() {
    while writer == nil, !outbox.isEmpty {
      let bytes = outbox.take()
      if let sent = socket.sendNow(bytes) {
        if sent < bytes.count { writer = Task { await self.write(bytes, from: sent) } }
      } else {
        lose()
      }
      if outbox.hasRoom { releaseProducers() }
    }
  }

  private func write(_ bytes: [UInt8], from sent: Int) async {
    do throws(SocketError) {
      try await socket.write(bytes, from: sent)
      while !outbox.isEmpty {
        if outbox.hasRoom { releaseProducers() }
        try await socket.write(outbox.take())
      }
    } catch {
      lose()
    }
    writer = nil
    releaseProducers()
  }

  /// The peer takes nothing any more.
  func lose() {
    outbox.removeAll()
    socket.assumeIsolated { $0.abort() }
    apply(machine.reachedEnd())
  }

  /// Gives what waits to be sent, the close frame last, a moment.
  func waitForWriter() async {
    guard writer != nil else { return }
    let timer = socket.loop.schedule(at: MonotonicInstant.now + limits.closeTimeout) { [weak self] in
      self?.assumeIsolated { $0.writer?.cancel() }
    }
    while let writer { await writer.value }
    socket.loop.cancel(timer)
  }
}
