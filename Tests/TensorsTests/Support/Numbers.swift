import Tensors

/// Numbers that are the same in every run: SplitMix64, mapped to [-1, 1).
struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    z ^= z >> 31
    return Float(Int64(bitPattern: z) >> 40) / Float(1 << 23)
  }

  /// Numbers of two bytes, as in files: of order 1/8, some subnormal, zeros of both signs among them.
  static func words(_ count: Int, as type: ElementType, seed: UInt64) -> [UInt16] {
    var numbers = Numbers(seed: seed)
    return (0..<count).map { index in
      let bits = UInt16(truncatingIfNeeded: numbers.next().bitPattern >> 8)
      let (sign, mantissa) = (bits & 0x8000, bits & (type == .float16 ? 0x3FF : 0x7F))
      let eighth: UInt16 = type == .float16 ? 12 << 10 : 124 << 7
      return index % 50 == 0 ? sign : index % 7 == 0 ? sign | mantissa : sign | eighth | mantissa
    }
  }

  static func list(_ count: Int, seed: UInt64, scale: Float = 1, shift: Float = 0) -> [Float] {
    var numbers = Numbers(seed: seed)
    return (0..<count).map { _ in numbers.next() * scale + shift }
  }
}

/// The columns `range` of row-major values, `width` to a row.
func columns(_ range: Range<Int>, of values: [Float], width: Int) -> [Float] {
  var out: [Float] = []
  out.reserveCapacity(values.count / width * range.count)
  for row in stride(from: 0, to: values.count, by: width) {
    out += values[row + range.lowerBound..<row + range.upperBound]
  }
  return out
}

/// Rows of `first` with those of `second` behind them.
func sideBySide(_ first: [Float], _ firstWidth: Int, _ second: [Float], _ secondWidth: Int) -> [Float] {
  var out: [Float] = []
  for row in 0..<first.count / firstWidth {
    out += first[row * firstWidth..<(row + 1) * firstWidth]
    out += second[row * secondWidth..<(row + 1) * secondWidth]
  }
  return out
}
