import FoundationEssentials

extension Date {
  /// Milliseconds since 1970.
  var queueMilliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

  /// From milliseconds since 1970.
  init(queueMilliseconds: Int64) { self.init(timeIntervalSince1970: Double(queueMilliseconds) / 1000) }
}

extension Duration {
  /// Whole milliseconds.
  var queueMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
