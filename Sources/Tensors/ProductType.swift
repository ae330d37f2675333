/// What a device's convolutions and linear layers multiply; they add in float32 or wider.
public enum ProductType: Int32, Sendable, Hashable {
  /// Single precision.
  case float32 = 0
  /// Half precision, each pixel and each column of weights brought to its range; sums of up to 64 products too.
  case float16 = 1
  /// The upper half of a single.
  case bfloat16 = 2
  /// 8-bit integers, each pixel and each column of weights with a scale of its own.
  case int8 = 3
  /// Integers of 12 bits in 16, scaled likewise.
  case int16 = 4
}
