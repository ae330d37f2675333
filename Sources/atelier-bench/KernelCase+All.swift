import Tensors

extension KernelCase {
  /// Every operation at the shapes of the demo model (128×128) and of Stable Diffusion 1.5 (512×512), with guidance.
  static let all: [KernelCase] = demo + stableDiffusion

  private static let demo: [KernelCase] = [
    .conv(.demo, 2, 16, (96, 0), 96),
    .conv(.demo, 2, 8, (192, 0), 192),
    .conv(.demo, 2, 4, (224, 0), 224),
    .conv(.demo, 2, 8, (224, 192), 192),
    .conv(.demo, 2, 8, (192, 0), 192, enlarged: true),
    .conv(.demo, 1, 128, (16, 0), 16),
    .conv(.demo, 1, 64, (64, 0), 32),
    .linear(.demo, 128, 192, 768, gated: true),
    .linear(.demo, 154, 192, 192),
    .attention(.demo, 2, 64, 64, heads: 4, size: 48),
    .attention(.demo, 2, 64, 77, heads: 4, size: 48),
    .groupNorm(.demo, 2, 16, 96, groups: 16),
    .groupNorm(.demo, 1, 128, 16, groups: 8),
  ]

  private static let stableDiffusion: [KernelCase] = [
    .conv(.sd15, 2, 64, (320, 0), 320),
    .conv(.sd15, 2, 32, (640, 0), 640),
    .conv(.sd15, 2, 16, (1280, 0), 1280),
    .conv(.sd15, 2, 8, (1280, 1280), 1280),
    .conv(.sd15, 2, 64, (640, 320), 320, kernel: 1),
    .conv(.sd15, 2, 64, (320, 0), 320, stride: 2),
    .conv(.sd15, 2, 16, (1280, 0), 1280, enlarged: true),
    .conv(.sd15, 1, 256, (256, 0), 256),
    .conv(.sd15, 1, 512, (128, 0), 3),
    .linear(.sd15, 8192, 320, 320),
    .linear(.sd15, 8192, 320, 1280, gated: true),
    .linear(.sd15, 8192, 1280, 320),
    .linear(.sd15, 2, 1280, 1280),
    .linear(.sd15, 154, 768, 3072),
    .attention(.sd15, 2, 4096, 4096, heads: 8, size: 40),
    .attention(.sd15, 2, 1024, 1024, heads: 8, size: 80),
    .attention(.sd15, 2, 256, 256, heads: 8, size: 160),
    .attention(.sd15, 2, 4096, 77, heads: 8, size: 40),
    .groupNorm(.sd15, 2, 64, 320, groups: 32),
    .groupNorm(.sd15, 1, 256, 256, groups: 32),
    .streaming(.sd15, "layer norm", [2, 4096, 320]) { x in
      _ = try x.layerNorm(scale: nil, shift: nil, epsilon: 1e-5)
    },
    .streaming(.sd15, "SiLU", [2, 64, 64, 320]) { x in _ = try x.activated(.silu) },
    .streaming(.sd15, "add", [2, 64, 64, 320]) { x in _ = try x.adding(x) },
    .streaming(.sd15, "softmax", [2, 4096, 320]) { x in _ = try x.softmax() },
    .streaming(.sd15, "combination", [1, 64, 64, 4], sources: 3) { x in
      _ = try Tensor.combination((1, x), (7.5, x), (-7.5, x))
    },
    .streaming(.sd15, "image bytes", [512, 512, 3]) { x in _ = try x.imageBytes() },
  ]
}
