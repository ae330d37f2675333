import Synchronization

/// Counters and histograms, kept in memory and read as Prometheus text.
final class ServerMetrics: Sendable {
  private struct Histogram {
    var counts: [Int]
    var sum = 0.0
  }

  private struct State {
    var counters: [String: Int] = [:]
    var histograms: [String: Histogram] = [:]
  }

  private static let bounds = [0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]
  private let state = Mutex(State())

  /// Adds to a counter.
  ///
  /// The name may end in labels, `x_total{code="404"}`, made of our own words.
  func count(_ name: String, by amount: Int = 1) {
    state.withLock { $0.counters[name, default: 0] += amount }
  }

  /// Adds a duration to the histogram `name`.
  func observe(_ name: String, seconds: Double) {
    let slot = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    state.withLock { state in
      var histogram =
        state.histograms[name] ?? Histogram(counts: [Int](repeating: 0, count: Self.bounds.count + 1))
      histogram.counts[slot] += 1
      histogram.sum += seconds
      state.histograms[name] = histogram
    }
  }

  /// All of it as text, with `gauges` (name, labels, value) measured by the caller just now.
  func text(gauges: [(String, String, Int)]) -> String {
    let (counters, histograms) = state.withLock { ($0.counters, $0.histograms) }
    var lines: [String] = []
    var typed: Set<String> = []
    func addType(_ name: String, _ type: String) {
      if typed.insert(name).inserted { lines.append("# TYPE \(name) \(type)") }
    }
    for (name, labels, value) in gauges {
      addType(name, "gauge")
      lines.append("\(name)\(labels) \(value)")
    }
    for (name, value) in counters.sorted(by: { $0.key < $1.key }) {
      addType(String(name.prefix { $0 != "{" }), "counter")
      lines.append("\(name) \(value)")
    }
    for (name, histogram) in histograms.sorted(by: { $0.key < $1.key }) {
      addType(name, "histogram")
      var total = 0
      for (index, count) in histogram.counts.enumerated() {
        total += count
        let bound = index < Self.bounds.count ? "\(Self.bounds[index])" : "+Inf"
        lines.append("\(name)_bucket{le=\"\(bound)\"} \(total)")
      }
      lines.append("\(name)_sum \(histogram.sum)")
      lines.append("\(name)_count \(total)")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
