import Generation

/// What was measured, and what it says about jobs not run yet.
struct TimingTable: Sendable {
  /// Seconds per model evaluation of one kind of job on one worker.
  ///
  /// Evaluations are counted as steps × pictures: what a sampler does more in a step is in its own entry.
  struct Entry: Sendable {
    var worker: WorkerID
    var model: String
    var sampler: String
    var pixels: Int
    var secondsPerEvaluation: Double
  }

  private var exact: [Key: Mean] = [:]
  private var perPixel: [ModelKey: Mean] = [:]

  /// `worker` nil: the mean over all workers.
  private struct Key: Hashable {
    var worker: WorkerID?
    var model: String
    var sampler: String
    var pixels: Int
  }

  private struct ModelKey: Hashable {
    var worker: WorkerID?
    var model: String
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
      for worker in [entry.worker, nil] {
        exact[
          Key(worker: worker, model: entry.model, sampler: entry.sampler, pixels: entry.pixels),
          default: Mean()
        ].add(entry.secondsPerEvaluation)
        perPixel[ModelKey(worker: worker, model: entry.model), default: Mean()]
          .add(entry.secondsPerEvaluation / Double(entry.pixels))
      }
    }
  }

  /// Seconds a job will take on a worker; nil when nothing was measured with its model.
  ///
  /// What this worker was measured with comes first: the same kind of job, then the same model in proportion
  /// to pixels; then the same two over all workers.
  func seconds(for request: GenerationRequest, on worker: WorkerID?) -> Double? {
    let pixels = request.width * request.height
    let evaluations = Double(request.stepCount)
    for worker in [worker, nil] {
      let key = Key(worker: worker, model: request.model, sampler: request.sampler, pixels: pixels)
      if let mean = exact[key] { return mean.value * evaluations }
      if let mean = perPixel[ModelKey(worker: worker, model: request.model)] {
        return mean.value * Double(pixels) * evaluations
      }
    }
    return nil
  }
}
