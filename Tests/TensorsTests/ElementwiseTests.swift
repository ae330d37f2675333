import Tensors
import Testing

@Suite struct ElementwiseTests {
  static let counts = [1, 15, 33, 70_001]

  @Test(arguments: Conformance.present, Activation.allCases)
  func `activates as the definition does over the whole range`(name: String, activation: Activation) throws {
    let x = (-4000...4000).map { Float($0) * 0.01 } + [-1e4, 1e4, -0.0, 1e-30, -1e-30]
    try Conformance.check(name, tolerance: 1e-7) { backend in
      try backend.tensor(x, shape: [x.count]).activated(activation)
    } oracle: {
      x.map { Oracle.activate(Double($0), activation) }
    }
  }

  @Test(arguments: Conformance.present, Activation.allCases)
  func `activates small values to seven digits`(name: String, activation: Activation) throws {
    let x = (-300...300).map { Float($0) * 0.01 }
    let backend = try Backend.named(name, threads: 1)
    let found = try backend.tensor(x, shape: [x.count]).activated(activation).floats()
    let bound = backend.activationType == .float32 ? 5e-7 : 2e-2
    for (value, input) in zip(found, x) {
      #expect(abs(Double(value) - Oracle.activate(Double(input), activation)) <= bound)
    }
  }

  @Test(arguments: Conformance.present, counts)
  func `adds, scales, limits and combines`(name: String, count: Int) throws {
    let lists = (0..<4).map { Numbers.list(count, seed: 50 + UInt64($0)) }
    let factors: [Float] = [0.5, -1.25, 3, 7.5]
    try Conformance.check(name) { backend in
      try backend.tensor(lists[0], shape: [count]).adding(backend.tensor(lists[1], shape: [count]))
    } oracle: {
      (0..<count).map { Double(lists[0][$0]) + Double(lists[1][$0]) }
    }
    try Conformance.check(name) { backend in
      try backend.tensor(lists[0], shape: [count]).scaled(by: 2, adding: 0.5, clampedTo: -1...0.75)
    } oracle: {
      lists[0].map { min(max(Double($0) * 2 + 0.5, -1), 0.75) }
    }
    for terms in 1...4 {
      try Conformance.check(name) { backend in
        try Tensor.combination(
          (0..<terms).map { (factors[$0], try backend.tensor(lists[$0], shape: [count])) })
      } oracle: {
        (0..<count).map { index in
          (0..<terms).reduce(0.0) { $0 + Double(factors[$1]) * Double(lists[$1][index]) }
        }
      }
    }
  }

  @Test(arguments: Conformance.present)
  func `repeats and concatenates along the batch`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let x = try backend.tensor([1, 2, 3, 4], shape: [2, 2])
    #expect(try x.repeated(3).shape == [6, 2])
    #expect(try x.repeated(2).floats() == [1, 2, 3, 4, 1, 2, 3, 4])
    let y = try backend.tensor([5, 6], shape: [1, 2])
    let both = try Tensor.concatenatedBatch([x, y, x])
    #expect(both.shape == [5, 2])
    #expect(try both.floats() == [1, 2, 3, 4, 5, 6, 1, 2, 3, 4])
    #expect(try both.batch(1..<3).floats() == [3, 4, 5, 6])
    #expect(try both.batch(2..<3).adding(y).floats() == [10, 12])
    #expect(throws: TensorError.self) { try both.batch(4..<6) }
    #expect(throws: TensorError.self) { try both.batch(2..<2) }
    #expect(throws: TensorError.self) { try x.repeated(0) }
    #expect(throws: TensorError.self) {
      try Tensor.concatenatedBatch([x, backend.tensor([1, 2, 3], shape: [1, 3])])
    }
    #expect(throws: TensorError.self) { try Tensor.concatenatedBatch([]) }
  }

  @Test(arguments: Conformance.present)
  func `refuses to combine what does not fit`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let x = try backend.tensor([1, 2, 3, 4], shape: [2, 2])
    let y = try backend.tensor([1, 2, 3, 4], shape: [4])
    #expect(throws: TensorError.shape(operation: "adding", expected: "[2, 2]", found: "[4]")) {
      try x.adding(y)
    }
    #expect(throws: TensorError.self) { try Tensor.combination((1, x), (2, y)) }
    #expect(throws: TensorError.self) { try Tensor.combination([]) }
    #expect(throws: TensorError.self) {
      try Tensor.combination((1, x), (1, x), (1, x), (1, x), (1, x))
    }
    #expect(throws: TensorError.shape(operation: "reshape", expected: "4 elements", found: "[3]")) {
      try x.reshaped([3])
    }
  }
}
