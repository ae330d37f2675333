public import Generation

/// One worker as clients see it.
public struct WorkerStatus: Encodable, Hashable, Sendable {
  /// Whether a worker can take a job.
  public enum State: String, Encodable, Sendable, CaseIterable {
    /// Connected and free.
    case ready
    /// Connected and at work on a job.
    case busy
    /// Seen before, not connected now.
    case offline
  }

  /// The worker's name.
  public var name: WorkerID
  /// The device in words.
  public var device: String
  /// Bytes of the device's memory, or of its host's; nil when unknown.
  public var memoryBytes: Int?
  /// Whether it can take a job.
  public var state: State

  enum CodingKeys: String, CodingKey {
    case name, device, state
    case memoryBytes = "memory_bytes"
  }
}
