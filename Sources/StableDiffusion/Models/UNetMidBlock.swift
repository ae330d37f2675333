import Tensors

/// The middle: a stage with attention and one without.
struct UNetMidBlock: Sendable {
  let first: UNetStage
  let second: UNetStage

  func callAsFunction(_ x: Tensor, _ context: UNetStage.Context) throws(TensorError) -> Tensor {
    try second(first(x, context), context)
  }
}
