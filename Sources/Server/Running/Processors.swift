import FoundationEssentials

/// The processors this process may run on, which a container or `taskset` makes fewer than the machine has.
enum Processors {
  /// How many there are, at least 1; the mask is in proc(5)'s `status`.
  static var count: Int {
    let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let mask = status?.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") } ?? ""
    let allowed = mask.dropFirst(13).reduce(0) { $0 + ($1.hexDigitValue ?? 0).nonzeroBitCount }
    return allowed > 0 ? allowed : max(1, ProcessInfo.processInfo.activeProcessorCount)
  }
}
