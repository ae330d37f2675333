import Tensors

/// What one operation took.
struct KernelResult: Encodable {
  let model: String
  let name: String
  /// The middle run.
  let milliseconds: Double
  /// The shortest run, from which rates and the share are computed: others may have been disturbed.
  let bestMilliseconds: Double
  /// The process's processor time per run, all threads together.
  let cpuMilliseconds: Double
  let runs: Int
  /// Billions of operations per second; nil where memory is the limit.
  let gigaflops: Double?
  /// Billions of bytes per second that had to move.
  let gigabytes: Double
  /// Of the peak that limits it, 0…1, or of a copy of as many bytes; nil if that was not measured.
  let share: Double?

  enum CodingKeys: String, CodingKey {
    case model, name, milliseconds, runs
    case bestMilliseconds = "best_milliseconds"
    case cpuMilliseconds = "cpu_milliseconds"
    case gigaflops = "gflops_per_second"
    case gigabytes = "gbytes_per_second"
    case share = "share_of_peak"
  }

  init(_ item: KernelCase, _ watch: Stopwatch, on backend: Backend, _ peaks: HostPeaks?) {
    let seconds = max(watch.best, 1e-9)
    let bytes = item.elements * Double(backend.activationType.size)
    model = item.model.rawValue
    name = item.name
    milliseconds = watch.median * 1000
    bestMilliseconds = seconds * 1000
    cpuMilliseconds = watch.cpuSeconds * 1000
    runs = watch.seconds.count
    gigaflops = item.flops > 0 ? item.flops / seconds / 1e9 : nil
    gigabytes = bytes / seconds / 1e9
    let (amount, limit) =
      item.flops > 0
      ? (item.flops, peaks?.flops(of: backend)) : (bytes, peaks?.copyRate(bytes: bytes))
    share = limit.map { amount / seconds / $0 }
  }

  /// One line of the table.
  var row: String {
    let rate = gigaflops.map { "\(rounded($0)) GFLOP/s" } ?? "\(rounded(gigabytes)) GB/s"
    return "\(padded(model, 5)) \(padded(name, 44)) \(padded("\(rounded(milliseconds)) ms", -12)) "
      + "\(padded("\(rounded(bestMilliseconds)) ms", -12)) \(padded("\(rounded(cpuMilliseconds)) ms", -12)) "
      + "\(padded(rate, -16)) \(padded(share.map { "\(Int(($0 * 100).rounded())) %" } ?? "", -6))"
  }
}
