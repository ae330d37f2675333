/// How a device is now, whoever uses it.
public struct DeviceVitals: Sendable, Equatable {
  /// Bytes of its memory in use.
  public var memoryUsed: Int
  /// Bytes of its memory.
  public var memoryTotal: Int
  /// The share of the last moments in which it computed, 0…1; nil where it does not say.
  public var utilisation: Double?
}
