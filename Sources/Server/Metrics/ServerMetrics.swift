import Synchronization
import WorkerProtocol

/// Counters and histograms, kept in memory and read as Prometheus text.
///
/// A series is named with its labels, `atelier_http_responses_total{code="404"}`, made of our own words;
/// `MetricHelp` says what each name means.
final class ServerMetrics: Sendable {
  private struct Histogram {
    var counts: [Int]
    var sum = 0.0
  }

  private struct State {
    var counters: [String: Int] = [:]
    var histograms: [String: Histogram] = [:]
    var gauges: [String: @Sendable () -> Double] = [:]
  }

  private static let bounds = [0.005, 0.025, 0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600]
  private let state = Mutex(State())
  /// Responses by status: counted with every request, so without making its name each time.
  private let responses = Mutex([Int](repeating: 0, count: 600))

  /// Adds to a counter.
  func count(_ series: String, by amount: Int = 1) {
    state.withLock { $0.counters[series, default: 0] += amount }
  }

  /// Counts a response with this status.
  func countResponse(_ status: Int) {
    responses.withLock { if $0.indices.contains(status) { $0[status] += 1 } }
  }

  /// Adds a duration to a histogram.
  func observe(_ series: String, seconds: Double) {
    let slot = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    state.withLock { state in
      var histogram =
        state.histograms[series] ?? Histogram(counts: [Int](repeating: 0, count: Self.bounds.count + 1))
      histogram.counts[slot] += 1
      histogram.sum += seconds
      state.histograms[series] = histogram
    }
  }

  /// Adds what a finished attempt took, by phase.
  func observe(_ summary: GenerationSummary) {
    let phases = [
      ("load", summary.load), ("text", summary.text), ("denoise", summary.denoise),
      ("decode", summary.decode),
    ]
    for (phase, seconds) in phases {
      observe("atelier_job_phase_seconds{phase=\"\(phase)\"}", seconds: seconds)
    }
  }

  /// Measures a gauge each time the text is read; the name replaces an earlier one.
  func gauge(_ series: String, _ measure: @escaping @Sendable () -> Double) {
    state.withLock { $0.gauges[series] = measure }
  }

  /// All of it as text, with further `gauges` measured by the caller just now.
  func text(gauges: [(series: String, value: Double)] = []) -> String {
    let (known, histograms, own) = state.withLock { ($0.counters, $0.histograms, $0.gauges) }
    var counters = known
    for (status, count) in responses.withLock({ $0 }).enumerated() where count > 0 {
      counters["atelier_http_responses_total{code=\"\(status)\"}"] = count
    }
    var text = MetricText()
    let all = gauges + own.map { (series: $0.key, value: $0.value()) }
    for (series, value) in all.sorted(by: { $0.series < $1.series }) { text.add(series, "gauge", value) }
    for (series, value) in counters.sorted(by: { $0.key < $1.key }) {
      text.add(series, "counter", Double(value))
    }
    for (series, histogram) in histograms.sorted(by: { $0.key < $1.key }) {
      text.add(series, bounds: Self.bounds, counts: histogram.counts, sum: histogram.sum)
    }
    return text.text
  }
}
