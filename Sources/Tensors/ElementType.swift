/// How numbers are stored, in files and in a device's memory.
public enum ElementType: Int32, Sendable, Hashable {
  /// IEEE 754 single precision.
  case float32 = 0
  /// IEEE 754 half precision.
  case float16 = 1
  /// The upper half of a single: 8 bits of exponent, 7 of mantissa.
  case bfloat16 = 2

  /// Bytes of one element.
  public var size: Int { self == .float32 ? 4 : 2 }
}
