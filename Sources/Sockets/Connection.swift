internal import CLinux

/// A TCP connection, non-blocking, on one event loop.
///
/// One task may read and one may write at a time. Every wait ends at its deadline, when its task is cancelled
/// and when the connection is closed. The descriptor is closed with `close()`, or with the last reference.
public actor Connection {
  /// The loop whose thread runs this actor.
  public nonisolated let loop: EventLoop
  /// The peer's address.
  public nonisolated let peer: SocketAddress
  private let options: ConnectionOptions
  nonisolated let wire: Wire
  private var bytesThisTurn = 0
  private var readiness: Readiness { wire.readiness }

  /// Runs on the loop's thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  private init(_ descriptor: FileDescriptor, peer: SocketAddress, loop: EventLoop, options: ConnectionOptions)
  {
    self.peer = peer
    self.loop = loop
    self.options = options
    wire = Wire(descriptor, loop: loop)
  }

  deinit {
    let wire = wire
    loop.execute { wire.close() }
  }

  /// Takes over an accepted descriptor and registers it with the loop.
  ///
  /// Throws `SocketError.system`.
  public static func adopt(
    _ accepted: AcceptedSocket, on loop: EventLoop, options: ConnectionOptions = ConnectionOptions()
  ) async throws(SocketError) -> Connection {
    let connection = Connection(accepted.descriptor, peer: accepted.peer, loop: loop, options: options)
    try await connection.start()
    return connection
  }

  /// Connects to `address`.
  ///
  /// Throws `SocketError.timedOut` at `deadline`, `.system` with the errno of the failed connect, `.cancelled`.
  public static func connect(
    to address: SocketAddress, on loop: EventLoop, deadline: MonotonicInstant,
    options: ConnectionOptions = ConnectionOptions()
  ) async throws(SocketError) -> Connection {
    var raw = address.raw
    let descriptor = FileDescriptor(owning: try check(unsafe clinux_connect(&raw), "connect"))
    let connection = Connection(descriptor, peer: address, loop: loop, options: options)
    try await connection.start()
    try await connection.finishConnecting(until: deadline)
    return connection
  }

  /// Connects to the Unix socket `name` in `folder`.
  ///
  /// Throws `SocketError.system` with ENOENT or ECONNREFUSED when nobody listens.
  public static func connectLocal(
    folder: String, name: String, on loop: EventLoop
  ) async throws(SocketError) -> Connection {
    let descriptor = FileDescriptor(owning: try check(unsafe clinux_connect_local(folder, name), "connect"))
    let connection = Connection(descriptor, peer: .loopback(port: 0), loop: loop, options: .local)
    try await connection.start()
    return connection
  }

  // MARK: - Reading

  /// Reads what is there, at most `max` bytes (and at most 64 KiB), waiting for the first byte.
  ///
  /// Empty at the end of the stream. While this waits `turn`, if given, is called on the loop's thread whenever
  /// bytes have come, so that what needs no task costs no change of tasks: it takes them by `readNow`. Throws
  /// `.timedOut` at `deadline`, `.interrupted`, `.cancelled`, `.closed`, `.system`.
  public func read(
    max: Int = EventLoop.bytesPerTurn, until deadline: MonotonicInstant? = nil,
    turn: (@Sendable () -> ReadTurn)? = nil
  ) async throws(SocketError) -> [UInt8] {
    if bytesThisTurn >= EventLoop.bytesPerTurn {
      bytesThisTurn = 0
      await Task.yield()
    }
    while true {
      // An end that came with the last bytes has no edge of its own.
      if !wire.isDrained || readiness.hasEnded, let bytes = try wire.receive(max: max) {
        bytesThisTurn += bytes.count
        return bytes
      }
      bytesThisTurn = 0
      try await wait(for: .read, until: deadline, call: "read", turn: turn)
      wire.isDrained = false
    }
  }

  /// Makes the read that waits now, if any, throw `.interrupted`.
  public func interruptRead() {
    readiness.interruptRead()
  }

  // MARK: - Writing

  /// Writes all bytes, waiting while the peer does not take them.
  ///
  /// `more` says that further bytes follow at once, so the system may wait for them to fill a packet. Throws
  /// `.timedOut` when the peer takes no byte for `ConnectionOptions.writeProgress`, `.cancelled`, `.closed`,
  /// `.system`.
  public func write(_ bytes: [UInt8], more: Bool = false) async throws(SocketError) {
    try await write(bytes, from: 0, more: more)
  }

  /// Writes the bytes from `start`; see `write(_:more:)`.
  public func write(_ bytes: [UInt8], from start: Int, more: Bool = false) async throws(SocketError) {
    var sent = start
    while sent < bytes.count {
      let count = try wire.send(bytes, from: sent, more: more)
      if count == 0 {
        try await wait(for: .write, until: MonotonicInstant.now + options.writeProgress, call: "write")
      }
      sent += count
    }
  }

  /// Writes two arrays as if they were one, without joining them, but for the first `start` bytes; see
  /// `write(_:more:)`.
  public func write(_ head: [UInt8], _ body: [UInt8], from start: Int = 0) async throws(SocketError) {
    var sent = start
    while sent < head.count {
      let count = try wire.send(head[sent...], body)
      if count == 0 {
        try await wait(for: .write, until: MonotonicInstant.now + options.writeProgress, call: "write")
      }
      sent += count
    }
    try await write(body, from: sent - head.count)
  }

  /// Sends `count` bytes of an open file, from `offset`, without copying them through this process.
  ///
  /// The file is read on `executor` when one is given, so that a slow disk never stops the loop. Throws as
  /// `write` does, and `.fileTooShort`.
  public func sendFile(
    _ file: FileDescriptor, offset: Int64, count: Int, on executor: ThreadExecutor? = nil
  ) async throws(SocketError) {
    var sent = 0
    while sent < count {
      let part = min(count - sent, 4 * EventLoop.bytesPerTurn)
      let result = try await sendFilePart(file, offset: offset + Int64(sent), count: part, on: executor)
      if result == -11 {  // EAGAIN
        try await wait(for: .write, until: MonotonicInstant.now + options.writeProgress, call: "sendfile")
        continue
      }
      let taken = Int(try check(result, "sendfile"))
      if taken == 0 { throw .fileTooShort(expected: count, sent: sent) }
      sent += taken
    }
  }

  // MARK: - Ending

  /// Says that nothing more will be written; reading goes on.
  public func shutdownWrite() {
    guard let descriptor = wire.descriptor else { return }
    _ = clinux_shutdown_write(descriptor.rawValue)
  }

  /// Closes the connection; waiting reads and writes throw `.closed`.
  ///
  /// Closing twice is harmless.
  public func close() {
    wire.close()
  }

  /// Closes at once with RST, dropping what was not sent.
  public func abort() {
    if let descriptor = wire.descriptor { _ = clinux_set_reset_on_close(descriptor.rawValue) }
    close()
  }

  /// Whether `close()` was called.
  public var isClosed: Bool { wire.descriptor == nil }

  // MARK: - Parts

  private func start() throws(SocketError) {
    guard let descriptor = wire.descriptor else { throw .closed }
    try options.apply(to: descriptor)
    try wire.register()
  }

  private func finishConnecting(until deadline: MonotonicInstant) async throws(SocketError) {
    do throws(SocketError) {
      try await wait(for: .write, until: deadline, call: "connect")
      guard let descriptor = wire.descriptor else { throw .closed }
      let error = clinux_socket_error(descriptor.rawValue)
      if error != 0 { throw .system(call: "connect", errno: error) }
    } catch {
      close()
      throw error
    }
  }

  private func sendFilePart(
    _ file: FileDescriptor, offset: Int64, count: Int, on executor: ThreadExecutor?
  ) async throws(SocketError) -> Int64 {
    guard let descriptor = wire.descriptor else { throw .closed }
    guard let executor else {
      return clinux_sendfile(descriptor.rawValue, file.rawValue, offset, count)
    }
    do {
      return try await executor.run { clinux_sendfile(descriptor.rawValue, file.rawValue, offset, count) }
    } catch {
      throw .cancelled
    }
  }

  private func wait(
    for direction: Readiness.Direction, until deadline: MonotonicInstant?, call: String,
    turn: (@Sendable () -> ReadTurn)? = nil
  ) async throws(SocketError) {
    switch await readiness.wait(for: direction, until: deadline, turn: turn) {
    case .ready: return
    case .timedOut: throw .timedOut(call: call)
    case .cancelled: throw .cancelled
    case .closed: throw .closed
    case .interrupted: throw .interrupted
    case .busy: throw .busy(call: call)
    }
  }
}
