import Tensors
import Testing

/// One linear layer: what the tests vary.
struct LinearCase: Sendable, CustomTestStringConvertible {
  var rows: Int
  var inputs: Int
  var outputs: Int
  var activation = Activation.none
  var gated = false
  var residual = false
  var biased = true

  var testDescription: String {
    "[\(rows), \(inputs)] → \(outputs), \(activation)\(gated ? ", gated" : "")\(residual ? ", residual" : "")"
  }

  var x: [Float] { Numbers.list(rows * inputs, seed: 11) }
  var weight: [Float] { Numbers.list((gated ? 2 : 1) * outputs * inputs, seed: 12, scale: 0.3) }
  var bias: [Float]? { biased ? Numbers.list((gated ? 2 : 1) * outputs, seed: 13) : nil }
  var added: [Float] { Numbers.list(rows * outputs, seed: 14) }

  func run(on backend: Backend) throws -> Tensor {
    let packed = try PackedLinear(
      on: backend, weight: weight, outputs: (gated ? 2 : 1) * outputs, inputs: inputs, bias: bias,
      gated: gated)
    let other = residual ? try backend.tensor(added, shape: [rows, outputs]) : nil
    return try backend.tensor(x, shape: [rows, inputs]).linear(
      packed, activation: activation, residual: other)
  }

  func oracle() -> [Double] {
    let (sums, added) = (Oracle.product(x, weight, bias: bias, inputs: inputs), added)
    return (0..<rows * outputs).map { index in
      let (row, column) = (index / outputs, index % outputs)
      let value =
        gated
        ? sums[row * 2 * outputs + column]
          * Oracle.activate(sums[row * 2 * outputs + outputs + column], .gelu)
        : Oracle.activate(sums[index], activation)
      return value + (residual ? Double(added[index]) : 0)
    }
  }
}

@Suite struct LinearTests {
  static let cases: [LinearCase] = [
    LinearCase(rows: 1, inputs: 1, outputs: 1),
    LinearCase(rows: 1, inputs: 320, outputs: 65),
    LinearCase(rows: 13, inputs: 31, outputs: 33, residual: true),
    LinearCase(rows: 77, inputs: 192, outputs: 96, activation: .quickGELU),
    LinearCase(rows: 25, inputs: 40, outputs: 100, activation: .gelu, residual: true),
    LinearCase(rows: 2, inputs: 96, outputs: 384, activation: .silu),
    LinearCase(rows: 12, inputs: 24, outputs: 17, gated: true),
    LinearCase(rows: 30, inputs: 50, outputs: 48, gated: true, residual: true),
    LinearCase(rows: 5, inputs: 64, outputs: 32, biased: false),
    LinearCase(rows: 401, inputs: 130, outputs: 96, gated: true, residual: true),
    LinearCase(rows: 3, inputs: 1001, outputs: 160),
  ]

  @Test(arguments: Conformance.present, cases)
  func `multiplies as the definition does`(name: String, testCase: LinearCase) throws {
    try Conformance.check(name, isProduct: true, testCase.run(on:), oracle: testCase.oracle)
  }

  @Test(arguments: Conformance.present)
  func `keeps the outer extents`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let packed = try PackedLinear(on: backend, weight: [1, 2, 3, 4, 5, 6], outputs: 3, inputs: 2)
    let x = try backend.tensor([Float](repeating: 1, count: 12), shape: [2, 3, 2])
    #expect(try x.linear(packed).shape == [2, 3, 3])
    #expect(try x.linear(packed).floats().prefix(3) == [3, 7, 11])
  }

  @Test(arguments: Conformance.present)
  func `refuses operands that do not fit`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let packed = try PackedLinear(on: backend, weight: [1, 2, 3, 4], outputs: 2, inputs: 2)
    let x = try backend.tensor([1, 2, 3], shape: [1, 3])
    #expect(throws: TensorError.shape(operation: "linear", expected: "[…, 2]", found: "[1, 3]")) {
      try x.linear(packed)
    }
    let fitting = try backend.tensor([1, 2], shape: [1, 2])
    #expect(throws: TensorError.shape(operation: "linear residual", expected: "[1, 2]", found: "[1, 3]")) {
      try fitting.linear(packed, residual: x)
    }
    let stranger = try Backend.named(name, threads: 1).tensor([1, 2], shape: [1, 2])
    #expect(throws: TensorError.differentBackends(operation: "linear")) { try stranger.linear(packed) }
  }

  @Test(arguments: Conformance.present)
  func `refuses weights that are not what their shape says`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    #expect(throws: TensorError.byteCount(expected: 24, found: 16)) {
      try PackedLinear(on: backend, weight: [1, 2, 3, 4], outputs: 3, inputs: 2)
    }
    #expect(throws: TensorError.shape(operation: "bias", expected: "[2]", found: "[3]")) {
      try PackedLinear(on: backend, weight: [1, 2, 3, 4], outputs: 2, inputs: 2, bias: [1, 2, 3])
    }
    #expect(throws: TensorError.self) {
      try PackedLinear(on: backend, weight: [1, 2, 3], outputs: 3, inputs: 1, gated: true)
    }
  }
}
