/// What a worker's heartbeat says about it.
public struct WorkerVitals: Codable, Equatable, Sendable {
  /// Model evaluations done since the worker started; stands still when the device hangs.
  public var evaluations: Int
  /// Bytes of device memory in use; nil when unknown.
  public var memoryUsed: Int?
  /// Bytes of device memory; nil when unknown.
  public var memoryTotal: Int?

  /// Makes vitals.
  public init(evaluations: Int, memoryUsed: Int? = nil, memoryTotal: Int? = nil) {
    self.evaluations = evaluations
    self.memoryUsed = memoryUsed
    self.memoryTotal = memoryTotal
  }

  enum CodingKeys: String, CodingKey {
    case evaluations
    case memoryUsed = "memory_used"
    case memoryTotal = "memory_total"
  }
}
