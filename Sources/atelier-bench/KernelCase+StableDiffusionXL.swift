import Tensors

extension KernelCase {
  static let stableDiffusionXL: [KernelCase] = productsXL + restXL

  private static let productsXL: [KernelCase] = [
    .conv(.sdxl, 2, 128, (4, 0), 320),
    .conv(.sdxl, 2, 128, (320, 0), 320, normed: true),
    .conv(.sdxl, 2, 64, (640, 0), 640, normed: true),
    .conv(.sdxl, 2, 32, (1280, 0), 1280, normed: true),
    .conv(.sdxl, 2, 32, (1280, 1280), 1280, normed: true),
    .conv(.sdxl, 2, 128, (640, 320), 320, normed: true),
    .conv(.sdxl, 2, 128, (640, 320), 320, kernel: 1),
    .conv(.sdxl, 2, 128, (320, 0), 320, stride: 2),
    .conv(.sdxl, 2, 32, (1280, 0), 1280, enlarged: true),
    .conv(.sdxl, 2, 128, (320, 0), 4, normed: true),
    .conv(.sdxl, 1, 512, (256, 0), 256, normed: true),
    .conv(.sdxl, 1, 1024, (128, 0), 128, normed: true),
    .conv(.sdxl, 1, 1024, (128, 0), 3, normed: true),
    .linear(.sdxl, 8192, 640, 640),
    .linear(.sdxl, 8192, 640, 2560, gated: true),
    .linear(.sdxl, 8192, 2560, 640),
    .linear(.sdxl, 2048, 1280, 1280),
    .linear(.sdxl, 2048, 1280, 5120, gated: true),
    .linear(.sdxl, 2048, 5120, 1280),
    .linear(.sdxl, 154, 2048, 2560),
    .linear(.sdxl, 2, 2816, 1280),
    .linear(.sdxl, 154, 1280, 5120),
    .attention(.sdxl, 2, 4096, 4096, heads: 10, size: 64),
    .attention(.sdxl, 2, 1024, 1024, heads: 20, size: 64),
    .attention(.sdxl, 2, 4096, 77, heads: 10, size: 64),
    .attention(.sdxl, 2, 1024, 77, heads: 20, size: 64),
    .attention(.sdxl, 2, 77, 77, heads: 20, size: 64, causal: true),
    .attention(.sdxl, 1, 16384, 16384, heads: 1, size: 512),
  ]

  private static let restXL: [KernelCase] = [
    .groupNorm(.sdxl, [2, 64, 64, 640]),
    .groupNorm(.sdxl, [1, 512, 512, 256]),
    .groupNormFactors(.sdxl, [2, 128, 128, 320]),
    .groupNormFactors(.sdxl, [1, 1024, 1024, 128]),
    .streaming(.sdxl, "layer norm", [2, 4096, 640]) { x in
      _ = try x.layerNorm(scale: nil, shift: nil, epsilon: 1e-5)
    },
    .streaming(.sdxl, "softmax", [2, 1024, 1280]) { x in _ = try x.softmax() },
    .streaming(.sdxl, "SiLU", [2, 128, 128, 320]) { x in _ = try x.activated(.silu) },
    .streaming(.sdxl, "add", [2, 128, 128, 320]) { x in _ = try x.adding(x) },
    .streaming(.sdxl, "combination", [1, 128, 128, 4]) { x in
      _ = try Tensor.combination((1, x), (5, x), (-5, x))
    },
    .streaming(.sdxl, "scale", [1, 128, 128, 4]) { x in _ = try x.scaled(by: 7.677) },
    .streaming(.sdxl, "repeat", [1, 128, 128, 4], moving: 3) { x in _ = try x.repeated(2) },
    .streaming(.sdxl, "conversion", [2, 77, 2048], moving: 1.5) { x in
      _ = try x.converted(to: x.type == .float32 ? .bfloat16 : .float32)
    },
    .streaming(.sdxl, "image bytes", [1024, 1024, 3], moving: 1.25) { x in _ = try x.imageBytes() },
    .streaming(.sdxl, "count of non-finite", [1, 128, 128, 4], moving: 1) { x in _ = try x.nonFiniteCount() },
    .timesteps(.sdxl, 20, dimension: 320),
    .tokens(.sdxl, vocabulary: 49408, columns: 1280),
  ]
}
