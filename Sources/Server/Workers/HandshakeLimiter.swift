import Sockets

/// Which addresses failed too many handshakes lately, as a value: times are the caller's.
struct HandshakeLimiter: Sendable {
  private let limit: Int
  private let window = Duration.seconds(60)
  private var failures: [SocketAddress: [Duration]] = [:]

  /// Allows `limit` failures of an address in a minute.
  init(limit: Int) { self.limit = limit }

  /// Whether an address may try now.
  mutating func admits(_ address: SocketAddress, now: Duration) -> Bool {
    forget(before: now - window)
    return (failures[address.withoutPort]?.count ?? 0) < limit
  }

  /// Counts a failure.
  mutating func failed(_ address: SocketAddress, now: Duration) {
    failures[address.withoutPort, default: []].append(now)
  }

  private mutating func forget(before time: Duration) {
    failures = failures.mapValues { $0.filter { $0 > time } }.filter { !$0.value.isEmpty }
  }
}
