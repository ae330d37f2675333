internal import Sockets
internal import Synchronization

/// The value of Date, made once a second.
enum DateHeader {
  private static let cache = Mutex<(second: Int64, text: String)>((-1, ""))

  static func now() -> String {
    let second = WallClock.seconds
    return cache.withLock { cache in
      if cache.second != second { cache = (second, HTTPDate.string(from: second)) }
      return cache.text
    }
  }
}

/// Names of requests in logs.
enum RequestID {
  private static let start = UInt64.random(in: .min ... .max)
  private static let count = Atomic<UInt64>(0)

  /// A number that no other request of this process has, and that says nothing about how many there were.
  static func make() -> UInt64 {
    let turn = count.wrappingAdd(1, ordering: .relaxed).newValue
    // SplitMix64's last step: a permutation, so that different turns give different numbers.
    var value = start &+ turn &* 0x9E37_79B9_7F4A_7C15
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
