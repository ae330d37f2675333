public import FoundationEssentials
import Glibc

/// The system's clocks: CLOCK_BOOTTIME and CLOCK_REALTIME.
public struct SystemQueueClock: QueueClock {
  /// Names this start of the machine.
  public let bootID: String

  /// Reads the kernel's boot id.
  public init() {
    // Without one (no /proc), every start of the server counts as a start of the machine: leases are void
    // at a start anyway, so only retry delays are cut short.
    let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    bootID = text?.split(separator: "\n").first.map(String.init) ?? "start-\(UInt64.random(in: 0 ... .max))"
  }

  /// Time since the machine started, suspension counted.
  public var uptime: Duration {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }

  /// The wall clock.
  public var wall: Date { Date() }
}
