import CKernels
import Tensors

/// What the processor was seen to do at best in this very run.
struct HostPeaks: Encodable {
  /// Float32 operations per second, from registers.
  let float32: Double
  /// The same in half precision; 0 if no tier here has instructions for it, as with all that follow.
  let float16: Double
  /// The same with bfloat16 factors.
  let bfloat16: Double
  /// The same of 8-bit integers.
  let int8: Double
  /// The same of 16-bit integers.
  let int16: Double
  private let threads: Int

  enum CodingKeys: String, CodingKey {
    case float32 = "f32_flops_per_second"
    case float16 = "f16_flops_per_second"
    case bfloat16 = "bf16_flops_per_second"
    case int8 = "int8_ops_per_second"
    case int16 = "int16_ops_per_second"
  }

  /// Measures on this many threads, for about a quarter of a second.
  ///
  /// Nil if memory or threads are not to be had.
  init?(threads: Int) {
    var peaks = ck_peaks()
    guard let count = Int32(exactly: threads), ck_measure_peaks(count, &peaks) == CK_OK else { return nil }
    float32 = peaks.f32_flops_per_second
    float16 = peaks.f16_flops_per_second
    bfloat16 = peaks.bf16_flops_per_second
    int8 = peaks.i8_ops_per_second
    int16 = peaks.i16_ops_per_second
    self.threads = threads
  }

  /// What products of this backend are measured against: the peak of the type it multiplies.
  func flops(of backend: Backend) -> Double {
    let peak =
      switch backend.productType {
      case .float32: float32
      case .float16: float16
      case .bfloat16: bfloat16
      case .int8: int8
      case .int16: int16
      }
    return peak > 0 ? peak : float32
  }

  /// Bytes per second, read plus written, of a copy that moves `bytes` in all; nil if it cannot be measured.
  func copyRate(bytes: Double) -> Double? {
    var rate = 0.0
    guard let count = Int32(exactly: threads), let bytes = Int64(exactly: bytes.rounded()),
      ck_measure_copy(count, bytes, &rate) == CK_OK
    else { return nil }
    return rate
  }
}
