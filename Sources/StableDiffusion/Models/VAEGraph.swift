import Tensors

/// One recorded decoding with the place its latents are copied to.
final class VAEGraph: Sendable {
  private let latents: GraphInput
  private let graph: RecordedGraph

  /// Records `run` for latents of this shape.
  init(_ latents: Tensor, _ run: (Tensor) throws(TensorError) -> Tensor) throws {
    let input = try GraphInput(latents.shape, on: latents.backend)
    graph = try RecordedGraph(on: latents.backend) { try run(input.tensor) }
    self.latents = input
  }

  /// The picture of these latents.
  func decode(_ latents: Tensor) throws(TensorError) -> Tensor {
    try self.latents.set(latents)
    return try graph.replay()
  }
}
