import Tensors
import Testing

@Suite struct PictureTests {
  @Test(arguments: Conformance.present)
  func `rounds to bytes half to even and limits the range`(name: String) throws {
    let backend = try Backend.named(name, threads: 2)
    let x: [Float] = [-1, 1, 0, -3, 3, .nan, .infinity, -.infinity, 1.0 / 255, 3.0 / 255]
    // 0 is 127.5, whose even neighbour is 128.
    #expect(
      try backend.tensor(x, shape: [x.count]).imageBytes() == [0, 255, 128, 0, 255, 0, 255, 0, 128, 129])
  }

  @Test(arguments: Conformance.present)
  func `agrees with the definition on many values`(name: String) throws {
    let backend = try Backend.named(name, threads: 2)
    let x = Numbers.list(50_001, seed: 61, scale: 1.2)
    let expected = x.map { value -> UInt8 in
      let unit = min(max(value * 0.5 + 0.5, 0), 1)
      return UInt8((unit * 255).rounded(.toNearestOrEven))
    }
    #expect(try backend.tensor(x, shape: [x.count]).imageBytes() == expected)
  }

  @Test(arguments: Conformance.present)
  func `counts what is not finite`(name: String) throws {
    let backend = try Backend.named(name, threads: 2)
    var x = Numbers.list(1001, seed: 62)
    #expect(try backend.tensor(x, shape: [1001]).nonFiniteCount() == 0)
    (x[0], x[500], x[1000]) = (.nan, .infinity, -.infinity)
    #expect(try backend.tensor(x, shape: [7, 143]).nonFiniteCount() == 3)
  }

  @Test(arguments: Conformance.present)
  func `turns channels first into channels last and back`(name: String) throws {
    let backend = try Backend.named(name, threads: 1)
    let values = Numbers.list(2 * 3 * 4 * 5, seed: 63)
    let x = try backend.tensor(channelsFirst: values, batch: 2, channels: 3, height: 4, width: 5)
    #expect(x.shape == [2, 4, 5, 3])
    #expect(try x.channelsFirstFloats() == values)
    #expect(try x.floats()[1] == values[20])
    #expect(throws: TensorError.self) {
      try backend.tensor(channelsFirst: values, batch: 2, channels: 3, height: 4, width: 6)
    }
  }
}
