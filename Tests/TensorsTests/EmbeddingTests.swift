import Tensors
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct EmbeddingTests {
  @Test(arguments: Conformance.present, [(320, true, Float(0)), (96, false, 1), (7, true, 0), (2, true, 0)])
  func `turns timesteps into sines and cosines`(
    name: String, testCase: (dimension: Int, flip: Bool, shift: Float)
  ) throws {
    let steps: [Float] = [0, 1, 21, 500.5, 999]
    let half = testCase.dimension / 2
    guard Float(half) > testCase.shift else { return }
    // The angle is a float before its sine is taken, as in diffusers: at 999 that rounding shows.
    try Conformance.check(name, tolerance: 2e-4) { backend in
      try backend.timestepEmbedding(
        steps,
        .init(dimension: testCase.dimension, flipSinToCos: testCase.flip, downscaleFreqShift: testCase.shift))
    } oracle: {
      steps.flatMap { step in
        let angles = (0..<half).map {
          Double(step) * exp(-log(10000.0) * Double($0) / (Double(half) - Double(testCase.shift)))
        }
        let (sines, cosines) = (angles.map { sin($0) }, angles.map { cos($0) })
        return (testCase.flip ? cosines + sines : sines + cosines) + (testCase.dimension % 2 == 1 ? [0] : [])
      }
    }
  }

  @Test(arguments: Conformance.present)
  func `looks tokens up and adds their positions`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let tokens = try backend.tensor([0, 1, 10, 11, 20, 21], shape: [3, 2])
    let positions = try backend.tensor([0.5, 0.25, -1, -2, 9, 9], shape: [3, 2])
    let found = try backend.embedding([2, 0, 1, 1], length: 2, tokens: tokens, positions: positions)
    #expect(found.shape == [2, 2, 2])
    #expect(try found.floats() == [20.5, 21.25, -1, -1, 10.5, 11.25, 9, 9])
    #expect(try backend.embedding([1], length: 1, tokens: tokens).floats() == [10, 11])
  }

  @Test(arguments: Conformance.present, [[Int32(3)], [-1], []])
  func `refuses ids outside the vocabulary and broken sequences`(name: String, ids: [Int32]) throws {
    let backend = try Backend.named(name, threads: 1)
    let tokens = try backend.tensor([0, 1, 10, 11, 20, 21], shape: [3, 2])
    #expect(throws: TensorError.self) { try backend.embedding(ids, length: 1, tokens: tokens) }
    #expect(throws: TensorError.self) { try backend.embedding([1, 2, 0], length: 2, tokens: tokens) }
    #expect(throws: TensorError.self) { try backend.timestepEmbedding([], .init(dimension: 8)) }
    #expect(throws: TensorError.self) { try backend.timestepEmbedding([1], .init(dimension: 1)) }
  }
}
