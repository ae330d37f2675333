import Tensors

/// What one network took, and on which operations.
struct NetworkReport: Encodable {
  /// One operation's part.
  struct Part: Encodable {
    let operation: String
    let calls: Int
    let milliseconds: Double
    /// Nil where memory is the limit.
    let gigaflops: Double?

    enum CodingKeys: String, CodingKey {
      case operation, calls, milliseconds
      case gigaflops = "gflops_per_second"
    }
  }

  let suite: String
  let backend: String
  let device: String
  let threads: Int
  let shape: String
  let milliseconds: Double
  let bestMilliseconds: Double
  /// The process's processor time per run, all threads together.
  let cpuMilliseconds: Double
  let runs: Int
  let gflop: Double
  let gflopsPerSecond: Double
  let share: Double?
  let parts: [Part]

  enum CodingKeys: String, CodingKey {
    case suite, backend, device, threads, shape, milliseconds, runs, gflop, parts
    case bestMilliseconds = "best_milliseconds"
    case cpuMilliseconds = "cpu_milliseconds"
    case gflopsPerSecond = "gflops_per_second"
    case share = "share_of_peak"
  }

  /// Times `body` and then runs it once more with a profile.
  init(
    _ suite: String, on backend: Backend, shape: Shape, budget: Double, _ body: () throws -> Void
  ) throws {
    // The host's own peak says nothing of a GPU.
    let peaks = backend.name.hasPrefix("cuda") ? nil : HostPeaks(threads: backend.threads)
    let watch = try Stopwatch(budget: .seconds(budget)) {
      try body()
      try backend.synchronize()
    }
    let (_, profile) = try backend.profiled(body)
    self.suite = suite
    self.backend = backend.name
    device = backend.deviceName
    threads = backend.threads
    self.shape = "\(shape)"
    milliseconds = watch.median * 1000
    bestMilliseconds = watch.best * 1000
    cpuMilliseconds = watch.cpuSeconds * 1000
    runs = watch.seconds.count
    gflop = profile.flops / 1e9
    gflopsPerSecond = gflop / max(watch.best, 1e-9)
    share = peaks.map { profile.flops / max(watch.best, 1e-9) / $0.flops(of: backend) }
    parts = profile.entries.sorted { $0.value.seconds > $1.value.seconds }.map { operation, entry in
      Part(
        operation: operation, calls: entry.calls, milliseconds: entry.seconds * 1000,
        gigaflops: entry.flops > 0 ? entry.flops / max(entry.seconds, 1e-9) / 1e9 : nil)
    }
  }

  /// Prints it as a table, or as one JSON object.
  func show(json: Bool) throws {
    if json { return try printJSON(self) }
    print("\(suite) \(shape): \(backend) on \(device), \(threads) threads")
    let ofPeak = share.map { ", \(Int(($0 * 100).rounded())) % of peak" } ?? ""
    print(
      "median \(rounded(milliseconds)) ms, shortest \(rounded(bestMilliseconds)) ms of \(runs) runs, "
        + "\(rounded(cpuMilliseconds)) ms of processor time; "
        + "\(rounded(gflop)) GFLOP, \(rounded(gflopsPerSecond)) GFLOP/s\(ofPeak)")
    for part in parts {
      let rate = part.gigaflops.map { "\(rounded($0)) GFLOP/s" } ?? ""
      print(
        "  \(padded(part.operation, 20)) \(padded("\(part.calls)", -5)) "
          + "\(padded("\(rounded(part.milliseconds)) ms", -12)) \(padded(rate, -16))")
    }
  }
}
