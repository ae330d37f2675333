import Generation

/// What was measured, and what it says about jobs not run yet.
struct TimingTable: Sendable {
  /// Seconds per model evaluation of one kind of job.
  struct Entry: Sendable {
    var model: String
    var sampler: String
    var pixels: Int
    var secondsPerEvaluation: Double
  }

  private var exact: [Key: Mean] = [:]
  private var perPixel: [String: Mean] = [:]

  private struct Key: Hashable {
    var model: String
    var sampler: String
    var pixels: Int
  }

  private struct Mean {
    var sum = 0.0
    var count = 0.0
    var value: Double { sum / count }

    mutating func add(_ value: Double) {
      sum += value
      count += 1
    }
  }

  init(_ entries: [Entry]) {
    for entry in entries where entry.pixels > 0 {
      exact[Key(model: entry.model, sampler: entry.sampler, pixels: entry.pixels), default: Mean()]
        .add(entry.secondsPerEvaluation)
      perPixel[entry.model, default: Mean()].add(entry.secondsPerEvaluation / Double(entry.pixels))
    }
  }

  /// Seconds a job will take; nil when nothing was measured with its model.
  ///
  /// The mean over workers of the same kind of job, else of the same model in proportion to pixels.
  func seconds(for request: GenerationRequest) -> Double? {
    let pixels = request.width * request.height
    let evaluations = Double(request.steps * request.batchCount)
    if let mean = exact[Key(model: request.model, sampler: request.sampler, pixels: pixels)] {
      return mean.value * evaluations
    }
    return perPixel[request.model].map { $0.value * Double(pixels) * evaluations }
  }
}
