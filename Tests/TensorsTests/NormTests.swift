import Tensors
import Testing

/// One group normalisation: what the tests vary.
struct GroupNormCase: Sendable, CustomTestStringConvertible {
  var batch = 1
  var height: Int
  var width: Int
  var channels1: Int
  var channels2 = 0
  var groups: Int
  var silu = false
  var shift: Float = 0  // a mean far from 0

  var channels: Int { channels1 + channels2 }
  var first: [Float] { Numbers.list(batch * height * width * channels1, seed: 31, shift: shift) }
  var second: [Float] { Numbers.list(batch * height * width * channels2, seed: 32, shift: shift) }
  var scales: [Float] { Numbers.list(channels, seed: 33) }
  var shifts: [Float] { Numbers.list(channels, seed: 34) }

  var testDescription: String {
    "\(batch)×\(height)×\(width)×\(channels1)+\(channels2), \(groups) groups\(silu ? ", silu" : "")"
  }

  func run(on backend: Backend) throws -> Tensor {
    let options = try GroupNormOptions(
      scale: backend.parameters(scales, shape: [channels]),
      shift: backend.parameters(shifts, shape: [channels]),
      groups: groups, epsilon: 1e-5)
    let x2 =
      channels2 > 0 ? try backend.tensor(second, shape: [batch, height, width, channels2]) : nil
    return try backend.tensor(first, shape: [batch, height, width, channels1])
      .groupNorm(options, activation: silu ? .silu : .none, concatenating: x2)
  }

  func oracle() -> [Double] {
    let x = channels2 > 0 ? sideBySide(first, channels1, second, channels2) : first
    let normal = Oracle.groupNorm(
      x, batch: batch, channels: channels, groups: groups, scale: scales, shift: shifts,
      epsilon: Double(Float(1e-5)))
    return normal.map { Oracle.activate($0, silu ? .silu : .none) }
  }
}

@Suite struct NormTests {
  static let groupCases: [GroupNormCase] = [
    GroupNormCase(height: 1, width: 2, channels1: 4, groups: 2),
    GroupNormCase(batch: 2, height: 4, width: 4, channels1: 96, groups: 16, silu: true),
    GroupNormCase(batch: 3, height: 5, width: 3, channels1: 40, groups: 8),
    GroupNormCase(batch: 2, height: 8, width: 9, channels1: 30, channels2: 18, groups: 4, silu: true),
    GroupNormCase(height: 8, width: 72, channels1: 8, groups: 8),
    GroupNormCase(height: 47, width: 53, channels1: 10, channels2: 5, groups: 3, silu: true),
    GroupNormCase(height: 6, width: 6, channels1: 32, groups: 1, shift: 20),
    GroupNormCase(batch: 2, height: 64, width: 64, channels1: 40, channels2: 24, groups: 8, shift: 100),
    GroupNormCase(batch: 60, height: 2, width: 1, channels1: 1200, groups: 4),
  ]

  @Test(arguments: Conformance.present, groupCases)
  func `normalises groups as the definition does`(name: String, testCase: GroupNormCase) throws {
    try Conformance.check(name, tolerance: 1e-5, testCase.run(on:), oracle: testCase.oracle)
  }

  @Test(arguments: Conformance.present, [(1, 1), (3, 7), (77, 192), (5, 320), (2, 33)])
  func `normalises rows as the definition does`(name: String, size: (rows: Int, columns: Int)) throws {
    let x = Numbers.list(size.rows * size.columns, seed: 41, scale: 3, shift: 2)
    let (scale, shift) = (Numbers.list(size.columns, seed: 42), Numbers.list(size.columns, seed: 43))
    try Conformance.check(name, tolerance: 1e-5) { backend in
      try backend.tensor(x, shape: [size.rows, size.columns]).layerNorm(
        scale: backend.parameters(scale, shape: [size.columns]),
        shift: backend.parameters(shift, shape: [size.columns]), epsilon: 1e-5)
    } oracle: {
      Oracle.layerNorm(
        x, columns: size.columns, scale: scale, shift: shift, epsilon: Double(Float(1e-5)))
    }
  }

  @Test(arguments: Conformance.present)
  func `normalises rows without scale and shift`(name: String) throws {
    let x = Numbers.list(60, seed: 44)
    try Conformance.check(name) { backend in
      try backend.tensor(x, shape: [3, 20]).layerNorm(scale: nil, shift: nil, epsilon: 1e-6)
    } oracle: {
      Oracle.layerNorm(x, columns: 20, scale: nil, shift: nil, epsilon: Double(Float(1e-6)))
    }
  }

  @Test(arguments: Conformance.present, [(1, 1), (4, 77), (3, 4100)])
  func `makes weights that sum to one`(name: String, size: (rows: Int, columns: Int)) throws {
    let x = Numbers.list(size.rows * size.columns, seed: 45, scale: 30)
    try Conformance.check(name) { backend in
      try backend.tensor(x, shape: [size.rows, size.columns]).softmax()
    } oracle: {
      (0..<size.rows).flatMap { row in
        Oracle.softmax(x[row * size.columns..<(row + 1) * size.columns].map(Double.init))
      }
    }
  }

  @Test(arguments: Conformance.present)
  func `refuses groups that do not divide the channels`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let ones = try backend.parameters([1, 1, 1], shape: [3])
    let x = try backend.tensor([1, 2, 3], shape: [1, 1, 1, 3])
    for groups in [2, 0, -1] {
      #expect(throws: TensorError.self) {
        try x.groupNorm(.init(scale: ones, shift: ones, groups: groups, epsilon: 1e-5))
      }
    }
    let wrong = try backend.parameters([1, 1], shape: [2])
    #expect(throws: TensorError.shape(operation: "layerNorm", expected: "[3]", found: "[2]")) {
      try x.layerNorm(scale: wrong, shift: nil, epsilon: 1e-5)
    }
  }
}
