import FoundationEssentials
import Generation
import StableDiffusion

/// What a run did, for `--json`.
struct GenerationReport {
  var files: [String] = []
  var grid: String?
  /// What was made, each picture's request on its own: `atelier run` makes it again.
  var requests: [GenerationRequest] = []
  /// Whether each picture was made black; nil where there was no safety checker.
  private var flagged: [Bool]?
  var times = PictureMaker.Times()
  var backend = ""
  var peakMemory = 0

  /// Notes what the safety checker made of the next picture.
  mutating func note(_ verdict: SafetyVerdict?) {
    if let verdict, verdict != .off { flagged = (flagged ?? []) + [verdict == .flagged] }
  }

  private struct Line: Encodable {
    var files: [String]
    var grid: String?
    var seeds: [Int64]
    var requests: [GenerationRequest]
    var flagged: [Bool]?
    var seconds: [String: Double]
    var secondsPerStep: Double
    var backend: String
    var peakMemory: Int

    enum CodingKeys: String, CodingKey {
      case files, grid, seeds, requests, seconds, backend
      case flagged = "nsfw_content_detected"
      case secondsPerStep = "seconds_per_step"
      case peakMemory = "peak_rss_bytes"
    }
  }

  /// The report as one line of JSON with sorted keys.
  func json() throws -> String {
    let sorted = times.steps.sorted()
    let median =
      sorted.isEmpty ? 0 : (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    let line = Line(
      files: files, grid: grid, seeds: requests.map(\.seed), requests: requests, flagged: flagged,
      seconds: [
        "load": times.load, "text": times.text, "denoise": times.steps.reduce(0, +),
        "decode": times.decode,
      ],
      secondsPerStep: median, backend: backend, peakMemory: peakMemory)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(line), as: UTF8.self)
  }
}
