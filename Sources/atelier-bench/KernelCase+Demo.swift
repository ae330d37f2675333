import Tensors

extension KernelCase {
  /// Every operation at the shapes of the demo model (128×128), Stable Diffusion 1.5 (512×512) and XL (1024×1024),
  /// with guidance.
  static let all: [KernelCase] = demo + stableDiffusion15 + stableDiffusionXL

  private static let demo: [KernelCase] = [
    .conv(.demo, 2, 16, (96, 0), 96, normed: true),
    .conv(.demo, 2, 8, (192, 0), 192, normed: true),
    .conv(.demo, 2, 4, (224, 0), 224, normed: true),
    .conv(.demo, 2, 8, (224, 192), 192, normed: true),
    .conv(.demo, 2, 8, (192, 0), 192, enlarged: true),
    .conv(.demo, 1, 128, (32, 0), 32, normed: true),
    .conv(.demo, 1, 64, (64, 0), 32, normed: true),
    .linear(.demo, 128, 192, 768, gated: true),
    .linear(.demo, 154, 192, 192),
    .attention(.demo, 2, 64, 64, heads: 4, size: 48),
    .attention(.demo, 2, 64, 77, heads: 4, size: 48),
    .groupNorm(.demo, [2, 16, 16, 96], groups: 16),
    .groupNormFactors(.demo, [1, 128, 128, 16], groups: 8),
  ]
}
