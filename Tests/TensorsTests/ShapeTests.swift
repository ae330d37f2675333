import Tensors
import Testing

@Suite struct ShapeTests {
  @Test func `counts and describes its extents`() {
    let shape: Shape = [2, 3, 5, 7]
    #expect(shape.count == 210)
    #expect(shape.rows == 30)
    #expect(shape.last == 7)
    #expect("\(shape)" == "[2, 3, 5, 7]")
    #expect(shape.replacingLast(with: 1) == [2, 3, 5, 1])
    #expect(shape.replacing(0, with: 9) == [9, 3, 5, 7])
  }

  @Test func `shapes of another rank differ`() {
    #expect(Shape([4]) != Shape([4, 1]))
  }

  @Test(arguments: [[0, 2], [-1, 2], [Int.max, 2], [1 << 32, 1 << 32]])
  func `a count that does not exist is nil`(extents: [Int]) {
    #expect(Shape(extents).checkedCount == nil)
  }

  @Test(arguments: Conformance.present)
  func `a tensor without elements is refused`(name: String) throws {
    #expect(throws: TensorError.self) { try Backend.named(name, threads: 1).tensor([], shape: [0]) }
    #expect(throws: TensorError.self) { try Backend.named(name, threads: 1).tensor([1], shape: [2]) }
  }
}
