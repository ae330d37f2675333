import Tensors

extension KernelCase {
  static let stableDiffusion15: [KernelCase] = products15 + rest15

  private static let products15: [KernelCase] = [
    .conv(.sd15, 2, 64, (4, 0), 320),
    .conv(.sd15, 2, 64, (320, 0), 320),
    .conv(.sd15, 2, 64, (320, 0), 320, normed: true),
    .conv(.sd15, 2, 32, (640, 0), 640, normed: true),
    .conv(.sd15, 2, 16, (1280, 0), 1280, normed: true),
    .conv(.sd15, 2, 8, (1280, 0), 1280, normed: true),
    .conv(.sd15, 2, 8, (1280, 1280), 1280, normed: true),
    .conv(.sd15, 2, 64, (640, 320), 320, normed: true),
    .conv(.sd15, 2, 64, (640, 320), 320, kernel: 1),
    .conv(.sd15, 2, 64, (320, 0), 320, stride: 2),
    .conv(.sd15, 2, 16, (1280, 0), 1280, enlarged: true),
    .conv(.sd15, 2, 64, (320, 0), 4, normed: true),
    .conv(.sd15, 1, 256, (256, 0), 256, normed: true),
    .conv(.sd15, 1, 512, (128, 0), 128, normed: true),
    .conv(.sd15, 1, 512, (128, 0), 3, normed: true),
    .linear(.sd15, 8192, 320, 320),
    .linear(.sd15, 8192, 320, 1280, gated: true),
    .linear(.sd15, 8192, 1280, 320),
    .linear(.sd15, 512, 1280, 5120, gated: true),
    .linear(.sd15, 512, 5120, 1280),
    .linear(.sd15, 2, 1280, 1280),
    .linear(.sd15, 154, 768, 3072),
    .attention(.sd15, 2, 4096, 4096, heads: 8, size: 40),
    .attention(.sd15, 2, 1024, 1024, heads: 8, size: 80),
    .attention(.sd15, 2, 256, 256, heads: 8, size: 160),
    .attention(.sd15, 2, 4096, 77, heads: 8, size: 40),
    .attention(.sd15, 2, 77, 77, heads: 12, size: 64, causal: true),
    .attention(.sd15, 1, 4096, 4096, heads: 1, size: 512),
  ]

  private static let rest15: [KernelCase] = [
    .groupNorm(.sd15, [2, 64, 64, 320]),
    .groupNorm(.sd15, [1, 256, 256, 256]),
    .groupNormFactors(.sd15, [2, 64, 64, 320]),
    .groupNormFactors(.sd15, [1, 512, 512, 128]),
    .streaming(.sd15, "layer norm", [2, 4096, 320]) { x in
      _ = try x.layerNorm(scale: nil, shift: nil, epsilon: 1e-5)
    },
    .streaming(.sd15, "softmax", [2, 4096, 320]) { x in _ = try x.softmax() },
    .streaming(.sd15, "SiLU", [2, 64, 64, 320]) { x in _ = try x.activated(.silu) },
    .streaming(.sd15, "add", [2, 64, 64, 320]) { x in _ = try x.adding(x) },
    .streaming(.sd15, "combination", [1, 64, 64, 4]) { x in
      _ = try Tensor.combination((1, x), (7.5, x), (-7.5, x))
    },
    .streaming(.sd15, "scale", [1, 64, 64, 4]) { x in _ = try x.scaled(by: 5.489) },
    .streaming(.sd15, "repeat", [1, 64, 64, 4], moving: 3) { x in _ = try x.repeated(2) },
    .streaming(.sd15, "conversion", [2, 77, 768], moving: 1.5) { x in
      _ = try x.converted(to: x.type == .float32 ? .bfloat16 : .float32)
    },
    .streaming(.sd15, "image bytes", [512, 512, 3], moving: 1.25) { x in _ = try x.imageBytes() },
    .streaming(.sd15, "count of non-finite", [1, 64, 64, 4], moving: 1) { x in _ = try x.nonFiniteCount() },
    .timesteps(.sd15, 20, dimension: 320),
    .tokens(.sd15, vocabulary: 49408, columns: 768),
  ]
}
