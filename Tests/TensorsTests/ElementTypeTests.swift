import Tensors
import Testing

@Suite struct ElementTypeTests {
  @Test(arguments: Conformance.present)
  func `reads every half-precision number`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let bits = (0...UInt16.max).map { $0 }
    let found = try bits.withUnsafeBytes { bytes in
      try backend.parameters(WeightSource(bytes: bytes, type: .float16, shape: [bits.count])).floats()
    }
    for (bits, value) in zip(bits, found) {
      let (sign, exponent, mantissa) = (Float(bits >> 15), Int(bits >> 10 & 31), Float(bits & 1023))
      if exponent == 31 {
        #expect(mantissa == 0 ? value.isInfinite : value.isNaN)
      } else {
        let magnitude =
          exponent == 0
          ? Float(sign: .plus, exponent: -24, significand: mantissa)
          : Float(sign: .plus, exponent: exponent - 25, significand: 1024 + mantissa)
        #expect(value == (1 - 2 * sign) * magnitude)
      }
    }
  }

  @Test(arguments: Conformance.present)
  func `reads every brain float`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let bits = (0...UInt16.max).map { $0 }
    let found = try bits.withUnsafeBytes { bytes in
      try backend.parameters(WeightSource(bytes: bytes, type: .bfloat16, shape: [bits.count])).floats()
    }
    #expect(zip(bits, found).allSatisfy { UInt32($0) << 16 == $1.bitPattern })
  }

  @Test(arguments: Conformance.present, [ElementType.float16, .bfloat16])
  func `packs weights of two bytes at any alignment`(name: String, type: ElementType) throws {
    let backend = try Backend.named(name, threads: 1)
    // 1, 2, −1, 0.5 in both types, after one byte that misaligns them.
    let words: [UInt16] =
      type == .float16 ? [0x3C00, 0x4000, 0xBC00, 0x3800] : [0x3F80, 0x4000, 0xBF80, 0x3F00]
    let bytes = [UInt8(0)] + words.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
    let found = try bytes.withUnsafeBytes { raw in
      let source = WeightSource(bytes: .init(rebasing: raw.dropFirst()), type: type, shape: [2, 2])
      let packed = try PackedLinear(on: backend, weight: source)
      return try backend.tensor([1, 10], shape: [1, 2]).linear(packed).floats()
    }
    #expect(found == [21, 4])
  }

  @Test(arguments: Conformance.present, [ElementType.float16, .bfloat16])
  func `weights of two bytes give the bytes of the same weights in float32`(
    name: String, type: ElementType
  ) throws {
    let backend = try Backend.named(name, threads: 2)
    let (outputs, inputs) = (71, 300)
    let words = Numbers.words(outputs * inputs * 9, as: type, seed: 91)
    let conv = Shape([outputs, inputs, 3, 3]), linear = Shape([outputs, inputs])
    try words.withUnsafeBytes { raw in
      let narrow = WeightSource(bytes: raw, type: type, shape: conv)
      let wide = try backend.parameters(narrow).floats()
      let x = try backend.tensor(Numbers.list(2 * 5 * 7 * inputs, seed: 92), shape: [2, 5, 7, inputs])
      let found = try x.conv(PackedConv(on: backend, weight: narrow))
      #expect(try found.floats() == x.conv(PackedConv(on: backend, weight: wide, shape: conv)).floats())
      let row = WeightSource(
        bytes: .init(rebasing: raw.prefix(linear.count * 2)), type: type, shape: linear)
      let rows = try x.reshaped([70, inputs])
      let packed = try PackedLinear(on: backend, weight: row)
      let same = try PackedLinear(
        on: backend, weight: Array(wide.prefix(linear.count)), outputs: outputs, inputs: inputs)
      #expect(try rows.linear(packed).floats() == rows.linear(same).floats())
      // Padded to 96 columns; nothing is widened to stay.
      if name.hasPrefix("cpu:") && backend.productType == .float32 {
        #expect(packed.bytes < linear.count * 2 * 3 / 2 && same.bytes > linear.count * 4)
      }
    }
  }

  @Test(arguments: Conformance.present)
  func `refuses bytes that are not as long as their shape`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let bytes = [UInt8](repeating: 0, count: 7)
    bytes.withUnsafeBytes { raw in
      #expect(throws: TensorError.byteCount(expected: 8, found: 7)) {
        try backend.parameters(WeightSource(bytes: raw, type: .float32, shape: [2]))
      }
      for shape: Shape in [[0], [-1], [Int.max, 2], [1 << 40, 1 << 40]] {
        #expect(throws: TensorError.self) {
          try backend.parameters(WeightSource(bytes: raw, type: .float32, shape: shape))
        }
      }
    }
  }
}
