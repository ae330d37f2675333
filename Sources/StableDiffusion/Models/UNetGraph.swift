import Synchronization
import Tensors

/// One recorded evaluation of a UNet with the places its inputs are copied to.
final class UNetGraph: Sendable {
  /// What must be alike for a graph to serve.
  struct Key: Hashable {
    let latents: Shape
    let addends: [Shape]
    let keysAndValues: [[Shape]]

    init(_ latents: Tensor, _ context: UNetStage.Context) {
      self.latents = latents.shape
      addends = context.timeAddends.map(\.shape)
      keysAndValues = context.keysAndValues.map { $0.map(\.shape) }
    }
  }

  private let latents: GraphInput
  private let addends: [GraphInput]
  private let keysAndValues: [[GraphInput]]
  private let graph: RecordedGraph
  /// The conditioning whose keys and values are in place; held so that its identity stays its own.
  private let bound: Mutex<[[Tensor]]>

  /// Records `run` for inputs of these shapes.
  init(
    _ latents: Tensor, _ context: UNetStage.Context,
    _ run: (Tensor, UNetStage.Context) throws(TensorError) -> Tensor
  ) throws {
    let backend = latents.backend
    let input = try GraphInput(latents.shape, on: backend)
    let addends = try context.timeAddends.map { try GraphInput($0.shape, on: backend) }
    let keysAndValues = try context.keysAndValues.map { try $0.map { try GraphInput($0.shape, on: backend) } }
    let fixed = UNetStage.Context(
      timeAddends: addends.map(\.tensor), keysAndValues: keysAndValues.map { $0.map(\.tensor) },
      hypernetworks: nil)
    graph = try RecordedGraph(on: backend) { try run(input.tensor, fixed) }
    self.latents = input
    self.addends = addends
    self.keysAndValues = keysAndValues
    bound = Mutex([])
  }

  /// The prediction for these inputs.
  func predict(_ latents: Tensor, _ context: UNetStage.Context) throws(TensorError) -> Tensor {
    try self.latents.set(latents)
    for (place, addend) in zip(addends, context.timeAddends) { try place.set(addend) }
    if !bound.withLock({ $0.isSame(as: context.keysAndValues) }) {
      for (places, values) in zip(keysAndValues, context.keysAndValues) {
        for (place, value) in zip(places, values) { try place.set(value) }
      }
      bound.withLock { $0 = context.keysAndValues }
    }
    return try graph.replay()
  }
}

extension [[Tensor]] {
  /// Whether these are the very tensors, not only equal ones.
  fileprivate func isSame(as other: [[Tensor]]) -> Bool {
    count == other.count
      && zip(self, other).allSatisfy { one, two in
        one.count == two.count && zip(one, two).allSatisfy { $0.isSame(as: $1) }
      }
  }
}
