/// The kinds of networks this program runs.
public enum ModelFamily: String, CaseIterable, Sendable {
  /// Stable Diffusion 1.x.
  case sd1
  /// Stable Diffusion 2.x.
  case sd2
  /// Stable Diffusion XL: two text encoders, conditioned on the picture's size.
  case sdxl

  /// The parts every model of the family has.
  public var components: [ModelComponent] {
    [.unet, .vae, .textEncoder] + (self == .sdxl ? [.textEncoder2] : [])
  }

  /// The family of a UNet: only SDXL's is told the size, and only 1.x's has convolutions around its transformers.
  init(_ unet: UNetConfig) {
    self = unet.addition != nil ? .sdxl : unet.usesLinearProjection ? .sd2 : .sd1
  }
}
