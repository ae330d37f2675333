/// Times an operation often enough to say something about it.
struct Stopwatch {
  /// Seconds of each run, in order.
  let seconds: [Double]

  /// Runs once to warm up, then until `budget` is spent: at least three times, at most a thousand.
  init(budget: Duration, _ body: () throws -> Void) rethrows {
    try body()
    let clock = ContinuousClock()
    let start = clock.now
    var seconds: [Double] = []
    while seconds.count < 3 || (clock.now - start < budget && seconds.count < 1000) {
      let before = clock.now
      try body()
      seconds.append((clock.now - before) / .seconds(1))
    }
    self.seconds = seconds
  }

  /// The middle run.
  var median: Double { seconds.sorted()[seconds.count / 2] }
  /// The shortest run.
  var best: Double { seconds.min() ?? 0 }
}
