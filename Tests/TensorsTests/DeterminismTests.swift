import Tensors
import Testing

@Suite struct DeterminismTests {
  @Test(arguments: Conformance.present, ConvTests.cases)
  func `convolutions give the same bytes for any thread count`(name: String, testCase: ConvCase) throws {
    try sameBytes(name, testCase.run(on:))
  }

  @Test(arguments: Conformance.present, LinearTests.cases)
  func `products give the same bytes for any thread count`(name: String, testCase: LinearCase) throws {
    try sameBytes(name, testCase.run(on:))
  }

  @Test(arguments: Conformance.present, AttentionTests.cases)
  func `attention gives the same bytes for any thread count`(name: String, testCase: AttentionCase) throws {
    try sameBytes(name, testCase.run(on:))
  }

  @Test(arguments: Conformance.present, NormTests.groupCases)
  func `norms give the same bytes for any thread count`(name: String, testCase: GroupNormCase) throws {
    try sameBytes(name, testCase.run(on:))
  }

  @Test(arguments: Conformance.present)
  func `a picture alone and in a batch has the same bytes`(name: String) throws {
    let backend = try Backend.named(name, threads: 2)
    let packed = try PackedConv(
      on: backend, weight: Numbers.list(40 * 24 * 9, seed: 71), shape: [40, 24, 3, 3])
    let x = try backend.tensor(Numbers.list(3 * 7 * 5 * 24, seed: 72), shape: [3, 7, 5, 24])
    let together = try x.conv(packed, then: Epilogue(activation: .silu))
    for image in 0..<3 {
      let alone = try x.batch(image..<image + 1).conv(packed, then: Epilogue(activation: .silu))
      #expect(try together.batch(image..<image + 1).floats() == alone.floats())
    }
  }

  private func sameBytes(_ name: String, _ operation: (Backend) throws -> Tensor) throws {
    let bits = try [1, 2, 3].map { threads in
      try operation(Backend.named(name, threads: threads)).floats().map(\.bitPattern)
    }
    #expect(bits[0] == bits[1] && bits[1] == bits[2])
  }
}
