/// When waiting jobs will begin, if every worker takes the next one as soon as it is free.
struct StartEstimate: Sendable {
  /// When each worker is free, in seconds; nil: nobody knows.
  private var free: [Double?]

  /// Begins with the remaining seconds of each running job.
  init(workers: Int, running: [Double?]) {
    free = Array(running.prefix(max(0, workers)))
    free += [Double?](repeating: 0, count: max(0, workers - free.count))
  }

  /// Seconds until the next job in order begins; then its worker is busy for `seconds` more.
  mutating func next(taking seconds: Double?) -> Double? {
    // A worker nobody knows about counts as the last to be free.
    let index = free.indices.min { (free[$0] ?? .infinity) < (free[$1] ?? .infinity) }
    guard let index, let start = free[index] else { return nil }
    free[index] = seconds.map { start + $0 }
    return start
  }
}
