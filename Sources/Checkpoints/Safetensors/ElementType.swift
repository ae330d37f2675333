/// The element types of the safetensors format, by the names its header uses.
///
/// Source: huggingface/safetensors, `Dtype`.
public enum ElementType: String, CaseIterable, Sendable {
  /// One byte, 0 or 1.
  case bool = "BOOL"
  /// Half a byte: 2 bits of exponent, 1 of mantissa.
  case float4 = "F4"
  /// Six bits: 2 of exponent, 3 of mantissa.
  case float6E2M3 = "F6_E2M3"
  /// Six bits: 3 of exponent, 2 of mantissa.
  case float6E3M2 = "F6_E3M2"
  /// One byte, unsigned.
  case uint8 = "U8"
  /// One byte, signed.
  case int8 = "I8"
  /// One byte: 5 bits of exponent, 2 of mantissa.
  case float8E5M2 = "F8_E5M2"
  /// One byte: 4 bits of exponent, 3 of mantissa.
  case float8E4M3 = "F8_E4M3"
  /// One byte of exponent: a scale.
  case float8E8M0 = "F8_E8M0"
  /// Two bytes, signed.
  case int16 = "I16"
  /// Two bytes, unsigned.
  case uint16 = "U16"
  /// IEEE 754 half precision.
  case float16 = "F16"
  /// The upper half of a single: 8 bits of exponent, 7 of mantissa.
  case bfloat16 = "BF16"
  /// Four bytes, signed.
  case int32 = "I32"
  /// Four bytes, unsigned.
  case uint32 = "U32"
  /// IEEE 754 single precision.
  case float32 = "F32"
  /// Two singles.
  case complex64 = "C64"
  /// IEEE 754 double precision.
  case float64 = "F64"
  /// Eight bytes, signed.
  case int64 = "I64"
  /// Eight bytes, unsigned.
  case uint64 = "U64"

  /// Bits of one element.
  public var bits: Int {
    switch self {
    case .float4: 4
    case .float6E2M3, .float6E3M2: 6
    case .bool, .uint8, .int8, .float8E5M2, .float8E4M3, .float8E8M0: 8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .complex64, .float64, .int64, .uint64: 64
    }
  }

  /// Whether a model's weights may have this type.
  public var isWeight: Bool {
    switch self {
    case .float16, .bfloat16, .float32: true
    default: false
    }
  }

  /// A weight's precision as capabilities say it; nil for other types.
  public var precision: String? {
    switch self {
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float32: "float32"
    default: nil
    }
  }
}
