import Layers
import Tensors

/// A residual layer and the attention that may follow it.
///
/// `resnetSlot` and `attentionSlot` number them through the whole network: what depends only on the timestep
/// or only on the prompt is made once and found by these numbers.
struct UNetStage: Sendable {
  let resnet: ResnetBlock
  let resnetSlot: Int
  let attention: SpatialTransformer?
  let attentionSlot: Int

  /// What one call of the UNet gives every stage.
  struct Context {
    let timeAddends: [Tensor]
    let keysAndValues: [[Tensor]]
    let hypernetworks: Hypernetworks?
  }

  func callAsFunction(_ x: Tensor, skip: Tensor? = nil, _ context: Context) throws(TensorError) -> Tensor {
    let hidden = try resnet(x, skip: skip, timeAddend: context.timeAddends[resnetSlot])
    guard let attention else { return hidden }
    return try attention(
      hidden, keysAndValues: context.keysAndValues[attentionSlot], hypernetworks: context.hypernetworks)
  }
}
