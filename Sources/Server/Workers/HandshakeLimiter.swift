import Generation
import Sockets

/// Who failed too many handshakes in the last minute, as a value: times are the caller's.
///
/// Workers of this host and those behind SSH all come from loopback, so an address alone says little: one
/// worker with an old secret must not shut out the others. Failures count against the address and the name
/// claimed together, and, with a higher limit, against the address, since names can be made up.
struct HandshakeLimiter: Sendable {
  private struct Key: Hashable {
    var address: SocketAddress
    var name: WorkerID?
  }

  private let perName: Int
  private let perAddress: Int
  private let window = Duration.seconds(60)
  private var failures: [Key: [Duration]] = [:]

  /// Allows so many failures in a minute.
  init(perName: Int, perAddress: Int) {
    self.perName = perName
    self.perAddress = perAddress
  }

  /// Whether an address may try now.
  mutating func admits(_ address: SocketAddress, now: Duration) -> Bool {
    failures = failures.mapValues { $0.filter { $0 > now - window } }.filter { !$0.value.isEmpty }
    return count(address, nil) < perAddress
  }

  /// Whether the worker of this name may try now from an address.
  func admits(_ name: WorkerID, from address: SocketAddress, now: Duration) -> Bool {
    count(address, name) { $0 > now - window } < perName
  }

  /// Counts a failure of an address, and of the name it claimed, if it came so far.
  mutating func failed(_ address: SocketAddress, name: WorkerID?, now: Duration) {
    let address = address.withoutPort
    failures[Key(address: address, name: nil), default: []].append(now)
    if let name { failures[Key(address: address, name: name), default: []].append(now) }
  }

  private func count(
    _ address: SocketAddress, _ name: WorkerID?, where isRecent: (Duration) -> Bool = { _ in true }
  ) -> Int {
    failures[Key(address: address.withoutPort, name: name)]?.count(where: isRecent) ?? 0
  }
}
