public import Generation

/// A connected worker, as far as estimates need it.
public struct QueueWorker: Equatable, Sendable {
  /// Its name.
  public var id: WorkerID
  /// The models it can run.
  public var models: Set<String>

  /// Names a worker.
  public init(id: WorkerID, models: Set<String>) {
    self.id = id
    self.models = models
  }
}
