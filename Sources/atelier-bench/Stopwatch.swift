import Glibc

/// Times an operation often enough to say something about it.
struct Stopwatch {
  /// Wall-clock seconds of each run, in order.
  let seconds: [Double]
  /// The process's processor seconds per run, all threads together: what a busy host does not change much.
  let cpuSeconds: Double

  /// Runs once to warm up, then until `budget` is spent: at least three times, at most a thousand.
  init(budget: Duration, _ body: () throws -> Void) rethrows {
    try body()
    let clock = ContinuousClock()
    let (start, cpuStart) = (clock.now, Self.cpuNow())
    var seconds: [Double] = []
    while seconds.count < 3 || (clock.now - start < budget && seconds.count < 1000) {
      let before = clock.now
      try body()
      seconds.append((clock.now - before) / .seconds(1))
    }
    self.seconds = seconds
    cpuSeconds = (Self.cpuNow() - cpuStart) / Double(seconds.count)
  }

  /// The middle run.
  var median: Double { seconds.sorted()[seconds.count / 2] }
  /// The shortest run.
  var best: Double { seconds.min() ?? 0 }

  private static func cpuNow() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
