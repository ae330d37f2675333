internal import CLinux

/// A listening TCP socket on one event loop.
///
/// Keeps one spare descriptor: when the process has no other left, a caller is accepted in its place and told
/// so, instead of being left in the queue while the loop spins.
public actor Listener {
  /// The loop whose thread runs this actor.
  public nonisolated let loop: EventLoop
  /// The address that is listened on, with the port the system chose if 0 was asked.
  public nonisolated let address: SocketAddress
  private let readiness: Readiness
  private var descriptor: FileDescriptor?
  private var token: UInt64 = 0
  private var spare: FileDescriptor?

  /// Runs on the loop's thread.
  public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  private init(_ descriptor: FileDescriptor, address: SocketAddress, loop: EventLoop) {
    self.descriptor = descriptor
    self.address = address
    self.loop = loop
    readiness = Readiness(loop: loop)
  }

  deinit {
    guard let descriptor else { return }
    let loop = loop
    let token = token
    loop.execute { loop.deregister(descriptor, token: token) }
  }

  /// Binds and listens; port 0 takes a free one.
  ///
  /// Throws `SocketError.system` (EADDRINUSE, EACCES, …).
  public static func bind(
    to address: SocketAddress, on loop: EventLoop, backlog: Int = 1024
  ) async throws(SocketError) -> Listener {
    var raw = address.raw
    let descriptor = FileDescriptor(owning: try check(unsafe clinux_listen(&raw, Int32(backlog)), "listen"))
    _ = try check(unsafe clinux_local_address(descriptor.rawValue, &raw), "getsockname")
    let listener = Listener(descriptor, address: try SocketAddress(raw), loop: loop)
    try await listener.start()
    return listener
  }

  /// Listens on a Unix socket `name` in `folder` that only the same user of the machine may connect to.
  ///
  /// A socket of that name that an earlier process left is replaced. Throws `SocketError.system`.
  public static func bindLocal(
    folder: String, name: String, on loop: EventLoop
  ) async throws(SocketError) -> Listener {
    let descriptor = FileDescriptor(
      owning: try check(unsafe clinux_listen_local(folder, name, 8), "listen"))
    let listener = Listener(descriptor, address: .loopback(port: 0), loop: loop)
    try await listener.start()
    return listener
  }

  /// Waits for the next caller.
  ///
  /// Throws `.closed` after `close()`, `.cancelled`, and `.system` only for errors that will not go away.
  public func accept() async throws(SocketError) -> AcceptedSocket {
    while true {
      guard let descriptor else { throw .closed }
      if spare == nil { spare = try? FileDescriptor.open(reading: "/dev/null") }
      let (accepted, errno) = try Self.take(from: descriptor)
      if let accepted { return accepted }
      switch errno {
      case 11: try await wait(until: nil)  // EAGAIN
      case 23, 24:  // ENFILE, EMFILE
        if let accepted = try acceptInReserve(descriptor) { return accepted }
        try await pause()
      case 12, 105: try await pause()  // ENOMEM, ENOBUFS
      // A caller that is gone already, or a network error that accept(2) says to treat like EAGAIN.
      case 1, 4, 64, 71, 92, 95, 100, 101, 103, 112, 113: continue
      default: throw .system(call: "accept4", errno: errno)
      }
    }
  }

  /// Waits for the next callers: all that are there, at most `max`.
  ///
  /// Where the loop has much to do, one caller for each of its turns would let them pile up. Throws as `accept()`.
  public func accept(atMost max: Int) async throws(SocketError) -> [AcceptedSocket] {
    var accepted = [try await accept()]
    // What is wrong with one, the next `accept` finds.
    while accepted.count < max, let descriptor, let next = try? Self.take(from: descriptor).socket {
      accepted.append(next)
    }
    return accepted
  }

  /// The next caller if there is one, otherwise what accept4 says.
  private static func take(
    from descriptor: FileDescriptor, isReserve: Bool = false
  ) throws(SocketError) -> (socket: AcceptedSocket?, errno: Int32) {
    var raw = clinux_address()
    let result = unsafe clinux_accept(descriptor.rawValue, &raw)
    guard result >= 0 else { return (nil, -result) }
    let owned = FileDescriptor(owning: result)
    return (AcceptedSocket(descriptor: owned, peer: try SocketAddress(raw), isReserve: isReserve), 0)
  }

  /// Stops listening; a waiting `accept` throws `.closed`.
  public func close() {
    guard let descriptor else { return }
    readiness.close()
    loop.deregister(descriptor, token: token)
    self.descriptor = nil
    spare = nil
  }

  private func start() throws(SocketError) {
    guard let descriptor else { throw .closed }
    token = try loop.register(descriptor, for: readiness)
    spare = try FileDescriptor.open(reading: "/dev/null")
  }

  /// Gives the spare descriptor up for one caller; `nil` when there is none to give or nobody waits.
  private func acceptInReserve(_ descriptor: FileDescriptor) throws(SocketError) -> AcceptedSocket? {
    guard spare != nil else { return nil }
    spare = nil
    return try Self.take(from: descriptor, isReserve: true).socket
  }

  /// Lets 100 ms pass, so that a lack of resources is never answered by spinning.
  private func pause() async throws(SocketError) {
    do throws(SocketError) {
      try await wait(until: MonotonicInstant.now + .milliseconds(100))
    } catch .timedOut(call: _) {}
  }

  private func wait(until deadline: MonotonicInstant?) async throws(SocketError) {
    switch await readiness.wait(for: .read, until: deadline) {
    case .ready, .interrupted: return
    case .timedOut: throw .timedOut(call: "accept")
    case .cancelled: throw .cancelled
    case .closed: throw .closed
    case .busy: throw .busy(call: "accept")
    }
  }
}
