internal import CLinux

/// How a TCP connection behaves.
public struct ConnectionOptions: Equatable, Sendable {
  /// TCP keep-alive: after `idle` seconds of silence, `count` probes, `interval` seconds apart.
  public struct KeepAlive: Equatable, Sendable {
    /// Seconds of silence before the first probe.
    public var idle: Int
    /// Seconds between probes.
    public var interval: Int
    /// Probes without an answer before the connection is dead.
    public var count: Int

    /// Keep-alive by 10 s, 5 s, 3 probes unless said otherwise.
    public init(idle: Int = 10, interval: Int = 5, count: Int = 3) {
      self.idle = idle
      self.interval = interval
      self.count = count
    }
  }

  /// Send small writes at once (TCP_NODELAY).
  public var noDelay: Bool
  /// Probes of a silent peer; `nil` for none.
  public var keepAlive: KeepAlive?
  /// How long sent bytes may stay unacknowledged (TCP_USER_TIMEOUT); `nil` for the system's default.
  public var userTimeout: Duration?
  /// How long a write may go on without the peer taking a byte.
  public var writeProgress: Duration

  /// The defaults for HTTP: no delay, keep-alive, 30 s without progress.
  public init(
    noDelay: Bool = true, keepAlive: KeepAlive? = KeepAlive(), userTimeout: Duration? = nil,
    writeProgress: Duration = .seconds(30)
  ) {
    self.noDelay = noDelay
    self.keepAlive = keepAlive
    self.userTimeout = userTimeout
    self.writeProgress = writeProgress
  }

  /// The defaults for the worker link: as for HTTP, and dead after 15 s without acknowledgement.
  public static let link = ConnectionOptions(userTimeout: .seconds(15), writeProgress: .seconds(15))

  /// For Unix sockets, which have none of TCP's options.
  public static let local = ConnectionOptions(noDelay: false, keepAlive: nil)

  func apply(to descriptor: FileDescriptor) throws(SocketError) {
    let fd = descriptor.rawValue
    if noDelay { _ = try check(clinux_set_nodelay(fd), "setsockopt") }
    if let keepAlive {
      _ = try check(
        clinux_set_keepalive(fd, Int32(keepAlive.idle), Int32(keepAlive.interval), Int32(keepAlive.count)),
        "setsockopt")
    }
    if let userTimeout {
      let milliseconds = max(1, userTimeout / .milliseconds(1))
      _ = try check(clinux_set_user_timeout(fd, UInt32(min(milliseconds, 86_400_000))), "setsockopt")
    }
  }
}
