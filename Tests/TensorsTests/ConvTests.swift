import Tensors
import Testing

@Suite struct ConvTests {
  static let cases: [ConvCase] = [
    ConvCase(),
    ConvCase(batch: 2, height: 4, width: 4, channels1: 40, outputs: 33),
    ConvCase(batch: 3, height: 1, width: 1, channels1: 17, outputs: 31, fused: true),
    ConvCase(batch: 2, height: 8, width: 72, channels1: 4, outputs: 3, activation: .silu),
    ConvCase(batch: 1, height: 9, width: 7, channels1: 24, outputs: 70, kernel: (1, 1)),
    ConvCase(batch: 2, height: 6, width: 5, channels1: 20, channels2: 13, outputs: 48, fused: true),
    ConvCase(height: 6, width: 6, channels1: 7, channels2: 9, outputs: 40, kernel: (1, 1), fused: true),
    ConvCase(batch: 2, height: 8, width: 8, channels1: 12, outputs: 12, geometry: .halving),
    ConvCase(batch: 1, height: 9, width: 7, channels1: 12, outputs: 12, geometry: .halving),
    ConvCase(batch: 2, height: 8, width: 6, channels1: 12, outputs: 12, geometry: .halvingBottomRight),
    ConvCase(height: 7, width: 9, channels1: 5, outputs: 6, geometry: .halvingBottomRight, activation: .silu),
    ConvCase(
      batch: 2, height: 4, width: 5, channels1: 9, outputs: 8, geometry: .enlarging(height: 8, width: 10)),
    ConvCase(height: 4, width: 5, channels1: 9, outputs: 8, geometry: .enlarging(height: 7, width: 9)),
    ConvCase(height: 12, width: 10, channels1: 3, outputs: 4, kernel: (5, 3)),
    ConvCase(
      height: 6, width: 6, channels1: 3, outputs: 4, kernel: (2, 2), geometry: .init(padding: .all(0))),
    ConvCase(height: 6, width: 6, channels1: 16, outputs: 32, activation: .gelu, fused: true),
    ConvCase(batch: 2, height: 9, width: 6, channels1: 20, channels2: 13, outputs: 9, normalised: true),
    ConvCase(batch: 2, height: 16, width: 16, channels1: 32, outputs: 33, fused: true, normalised: true),
    ConvCase(height: 8, width: 8, channels1: 24, outputs: 8, geometry: .halving, normalised: true),
    ConvCase(
      batch: 2, height: 70, width: 40, channels1: 9, channels2: 8, outputs: 7, kernel: (1, 1),
      normalised: true),
    ConvCase(height: 3, width: 3, channels1: 300, outputs: 32, activation: .quickGELU),
    ConvCase(batch: 2, height: 5, width: 29, channels1: 70, outputs: 97, fused: true, normalised: true),
    ConvCase(height: 2, width: 4, channels1: 699, channels2: 3, outputs: 64, kernel: (1, 1), fused: true),
    ConvCase(height: 6, width: 5, channels1: 36, outputs: 65, geometry: .halving, activation: .silu),
  ]

  @Test(arguments: Conformance.present, cases)
  func `convolves as the definition does`(name: String, testCase: ConvCase) throws {
    try Conformance.check(name, isProduct: true, testCase.run(on:), oracle: testCase.oracle)
  }

  @Test(arguments: Conformance.present)
  func `says which channels were expected when they do not fit`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let x = try backend.tensor([Float](repeating: 0, count: 36), shape: [1, 3, 3, 4])
    let packed = try PackedConv(
      on: backend, weight: [Float](repeating: 0, count: 45), shape: [1, 5, 3, 3])
    #expect(throws: TensorError.shape(operation: "conv", expected: "5 channels", found: "[1, 3, 3, 4]")) {
      try x.conv(packed)
    }
    let other = try backend.tensor([0, 0, 0], shape: [1, 1, 3, 1])
    #expect(throws: TensorError.shape(operation: "conv", expected: "[1, 3, 3, 1]", found: "[1, 1, 3, 1]")) {
      try x.conv(packed, concatenating: other)
    }
  }

  @Test(arguments: Conformance.present)
  func `refuses an input smaller than the kernel and geometries without sense`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let x = try backend.tensor([1, 2], shape: [1, 1, 2, 1])
    let packed = try PackedConv(on: backend, weight: [Float](repeating: 1, count: 9), shape: [1, 1, 3, 3])
    for geometry in [
      ConvGeometry(padding: .all(0)), ConvGeometry(stride: 0), ConvGeometry(padding: .all(-1)),
      ConvGeometry(enlargedTo: (0, 4)),
    ] {
      #expect(throws: TensorError.self) { try x.conv(packed, geometry) }
    }
  }

  @Test(arguments: Conformance.present)
  func `refuses a residual or a channel addition of another shape`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let x = try backend.tensor([1, 2, 3, 4], shape: [1, 2, 2, 1])
    let packed = try PackedConv(on: backend, weight: [1], shape: [1, 1, 1, 1])
    #expect(throws: TensorError.self) {
      try x.conv(packed, then: Epilogue(residual: backend.tensor([1, 2], shape: [1, 2, 1, 1])))
    }
    #expect(throws: TensorError.self) {
      try x.conv(packed, then: Epilogue(channelAdd: backend.tensor([1, 2], shape: [1, 2])))
    }
  }
}
