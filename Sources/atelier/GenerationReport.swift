import FoundationEssentials

/// What a run did, for `--json`.
struct GenerationReport {
  /// The seed of a run that was given none.
  let randomSeed = Int64(UInt32.random(in: .min ... .max))
  var files: [String] = []
  var grid: String?
  var seeds: [Int64] = []
  /// Seconds.
  var load = 0.0, text = 0.0, decode = 0.0
  /// Seconds of each model evaluation.
  var steps: [Double] = []
  var backend = ""
  var peakMemory = 0

  private struct Line: Encodable {
    var files: [String]
    var grid: String?
    var seeds: [Int64]
    var seconds: [String: Double]
    var secondsPerStep: Double
    var backend: String
    var peakMemory: Int

    enum CodingKeys: String, CodingKey {
      case files, grid, seeds, seconds, backend
      case secondsPerStep = "seconds_per_step"
      case peakMemory = "peak_rss_bytes"
    }
  }

  /// The report as one line of JSON with sorted keys.
  func json() throws -> String {
    let sorted = steps.sorted()
    let median =
      sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    let line = Line(
      files: files, grid: grid, seeds: seeds,
      seconds: ["load": load, "text": text, "denoise": steps.reduce(0, +), "decode": decode],
      secondsPerStep: median, backend: backend, peakMemory: peakMemory)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(line), as: UTF8.self)
  }
}
