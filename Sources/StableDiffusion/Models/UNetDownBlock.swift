import Layers
import Tensors

/// One level on the way down: stages, each of whose outputs is kept for the way up, and a downsampler.
struct UNetDownBlock: Sendable {
  let stages: [UNetStage]
  let downsample: Downsample?

  func callAsFunction(
    _ x: Tensor, skips: inout [Tensor], _ context: UNetStage.Context
  ) throws(TensorError) -> Tensor {
    var x = x
    for stage in stages {
      x = try stage(x, context)
      skips.append(x)
    }
    if let downsample {
      x = try downsample(x)
      skips.append(x)
    }
    return x
  }
}
