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
  /// 16 random hexadecimal digits.
  static func make() -> String {
    let text = String(UInt64.random(in: .min ... .max), radix: 16)
    return String(repeating: "0", count: 16 - text.count) + text
  }
}
