/// What a worker's heartbeat says about it.
public struct WorkerVitals: Codable, Equatable, Sendable {
  /// Model evaluations done since the worker started; stands still when the device hangs.
  public var evaluations: Int
  /// Bytes of device memory in use; nil when unknown.
  public var memoryUsed: Int?
  /// Bytes of device memory; nil when unknown.
  public var memoryTotal: Int?
  /// The share of the last moments in which the device computed, 0…1; nil when unknown.
  public var utilisation: Double?

  /// Makes vitals.
  public init(
    evaluations: Int, memoryUsed: Int? = nil, memoryTotal: Int? = nil, utilisation: Double? = nil
  ) {
    self.evaluations = evaluations
    self.memoryUsed = memoryUsed
    self.memoryTotal = memoryTotal
    self.utilisation = utilisation
  }

  enum CodingKeys: String, CodingKey {
    case evaluations, utilisation
    case memoryUsed = "memory_used"
    case memoryTotal = "memory_total"
  }
}
