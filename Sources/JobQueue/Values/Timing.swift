public import Generation

/// How fast a worker was on one job.
public struct Timing: Equatable, Sendable {
  /// The request that was run.
  public var request: GenerationRequest
  /// Who ran it.
  public var worker: WorkerID
  /// Model evaluations done.
  public var evaluations: Int
  /// Seconds from start to the last picture, loading the model not counted.
  public var seconds: Double

  /// Makes a timing.
  public init(request: GenerationRequest, worker: WorkerID, evaluations: Int, seconds: Double) {
    self.request = request
    self.worker = worker
    self.evaluations = evaluations
    self.seconds = seconds
  }
}
