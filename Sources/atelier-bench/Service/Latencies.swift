import Glibc

/// Times of many like things, to be asked for quantiles.
struct Latencies {
  private var sorted: [UInt32] = []

  /// From microseconds in any order.
  init(microseconds: [UInt32]) { sorted = microseconds.sorted() }

  var count: Int { sorted.count }

  /// The time that this share (0…1) of them did not exceed, in milliseconds; 0 without any.
  func milliseconds(_ share: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    return Double(sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]) / 1000
  }
}

/// Nanoseconds of a clock that only goes forward.
func nanosecondsNow() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
