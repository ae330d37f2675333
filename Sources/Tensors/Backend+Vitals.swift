import CKernels
import Synchronization

extension Backend {
  /// How the device is now, asked from any thread, also while it computes; nil for devices without memory of their
  /// own and those that do not answer.
  public var vitals: DeviceVitals? {
    guard let ask = table.pointee.vitals else { return nil }
    var vitals = ck_vitals()
    guard ask(device, &vitals) == CK_OK else { return nil }
    return DeviceVitals(
      memoryUsed: Int(clamping: vitals.memory_used), memoryTotal: Int(clamping: vitals.memory_total),
      utilisation: vitals.busy_percent < 0 ? nil : Double(vitals.busy_percent) / 100)
  }

  /// The same device with numbers of a wider range: bfloat16 where it stores float16, else float32; nil where
  /// it stores and multiplies float32 already.
  ///
  /// Throws `unavailable`.
  public func wider() throws(TensorError) -> Backend? {
    if activationType == .float32, productType == .float32 { return nil }
    let device = name.hasPrefix("cpu") ? "cpu" : name
    let threads = device == "cpu" ? threads : nil
    let wide = try Backend.named(
      device, threads: threads, precision: activationType == .float16 ? .bfloat16 : .full)
    wide.neighbour.withLock { $0 = self }
    return wide
  }
}
