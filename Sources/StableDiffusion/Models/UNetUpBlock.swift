import Layers
import Tensors

/// One level on the way up: stages that read what was kept on the way down, and an upsampler.
struct UNetUpBlock: Sendable {
  let stages: [UNetStage]
  let upsample: Upsample?

  func callAsFunction(
    _ x: Tensor, skips: inout [Tensor], _ context: UNetStage.Context
  ) throws(TensorError) -> Tensor {
    var x = x
    for stage in stages { x = try stage(x, skip: skips.removeLast(), context) }
    guard let upsample else { return x }
    // To the size the next level has, which is not twice this one's where a level was odd.
    let (height, width) = skips.last.map { ($0.shape[1], $0.shape[2]) } ?? (2 * x.shape[1], 2 * x.shape[2])
    return try upsample(x, height: height, width: width)
  }
}
