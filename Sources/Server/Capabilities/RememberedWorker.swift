public import Generation

/// A worker seen lately and what it could do.
public struct RememberedWorker: Codable, Hashable, Sendable {
  /// The worker's name.
  public var name: WorkerID
  /// What it could do.
  public var capabilities: WorkerCapabilities

  /// Remembers a worker.
  public init(name: WorkerID, capabilities: WorkerCapabilities) {
    self.name = name
    self.capabilities = capabilities
  }
}
