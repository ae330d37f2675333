import Checkpoints
import Layers
import Tensors
import Testing

@Suite struct LinearTests {
  @Test func `multiplies and adds by hand`() throws {
    let loader = try loader([Entry("weight", [2, 3], [1, 2, 3, -1, 0, 1]), Entry("bias", [2], [10, 20])])
    let layer = try Linear(loader, inputs: 3, outputs: 2)
    let x = try loader.backend.tensor([1, 1, 1, 0, 2, -1], shape: [2, 3])
    #expect(try layer(x).floats() == [16, 20, 11, 19])
    #expect(try layer(x, residual: try layer(x)).floats() == [32, 40, 22, 38])
  }

  @Test func `a 1×1 convolution is the same product`() throws {
    let loader = try loader([
      Entry("a.weight", [4, 6]), Entry("a.bias", [4]),
      Entry("b.weight", [4, 6, 1, 1], Entry("a.weight", [4, 6]).values),
      Entry("b.bias", [4], Entry("a.bias", [4]).values),
    ])
    let x = try loader.input([2, 5, 6])
    let matrix = try Linear(loader["a"], inputs: 6, outputs: 4)
    let pointwise = try Linear(loader["b"], inputs: 6, outputs: 4, pointwise: true)
    #expect(try matrix(x).floats() == pointwise(x).floats())
  }

  @Test func `joined layers give the columns of each`() throws {
    let names = ["q", "k", "v"]
    let loader = try loader(names.flatMap { [Entry("\($0).weight", [4, 6]), Entry("\($0).bias", [4])] })
    let x = try loader.input([3, 6])
    let joined = try Linear(joining: names.map { loader[$0] }, inputs: 6, outputs: 4, bias: true)
    let together = try joined(x).floats()
    for (index, name) in names.enumerated() {
      let alone = try Linear(loader[name], inputs: 6, outputs: 4)(x).floats()
      for row in 0..<3 {
        let columns = 12 * row + 4 * index..<12 * row + 4 * index + 4
        #expect(Array(together[columns]) == Array(alone[4 * row..<4 * row + 4]))
      }
    }
    try loader.weights.finish()
  }

  @Test func `the gated form multiplies values with GELU of gates`() throws {
    let loader = try loader([Entry("weight", [6, 4]), Entry("bias", [6])])
    let gated = try Linear(loader, inputs: 4, outputs: 3, gated: true)
    let plain = try Linear(loader, inputs: 4, outputs: 6)
    let x = try loader.input([5, 4])
    let both = try plain(x).floats()
    let activated = try plain(x).activated(.gelu).floats()
    let expected = (0..<15).map { index in
      let value = index / 3 * 6 + index % 3
      return both[value] * activated[value + 3]
    }
    let found = try gated(x).floats()
    #expect(zip(expected, found).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test func `a missing bias or another shape is an error that names it`() throws {
    let loader = try loader([Entry("a.weight", [2, 3])])
    #expect(throws: CheckpointError.missingTensor(name: "test: a.bias")) {
      try Linear(loader["a"], inputs: 3, outputs: 2)
    }
    #expect(throws: CheckpointError.wrongShape(name: "a.weight", expected: [2, 4], found: [2, 3])) {
      try Linear(loader["a"], inputs: 4, outputs: 2, bias: false)
    }
  }
}
