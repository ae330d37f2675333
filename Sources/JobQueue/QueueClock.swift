public import FoundationEssentials

/// The clocks the queue lives by, injected so that tests need not wait.
public protocol QueueClock: Sendable {
  /// Time since the machine started, suspension counted: leases and delays are measured on it.
  var uptime: Duration { get }
  /// Names this start of the machine; uptimes of different starts cannot be compared.
  var bootID: String { get }
  /// The wall clock: for display and for what must outlive a restart by days.
  var wall: Date { get }
}
