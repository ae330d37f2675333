import Tensors

/// One operation at one shape, with the same numbers on any backend.
struct ConformanceCase: Sendable {
  let name: String
  let run: @Sendable (Backend) throws -> [Float]

  init(_ name: String, _ run: @escaping @Sendable (Backend) throws -> [Float]) {
    self.name = name
    self.run = run
  }

  /// Awkward shapes of every operation.
  static let small: [ConformanceCase] = convolutions + products + attentions + norms + elementwise

  /// The shapes where a full-size model spends its time.
  static let large: [ConformanceCase] = [
    .conv("conv 2×64×64×320 → 320", ConvShape(batch: 2, side: 64, first: 320, outputs: 320, fused: true)),
    .conv(
      "conv 2×32×32×1280+640 → 640", ConvShape(batch: 2, side: 32, first: 1280, second: 640, outputs: 640)),
    .conv(
      "conv 2×16×16×1280 → 1280", ConvShape(batch: 2, side: 16, first: 1280, outputs: 1280, normed: true)),
    .conv("conv 2×8×8×1280 → 1280", ConvShape(batch: 2, side: 8, first: 1280, outputs: 1280, fused: true)),
    .conv("conv 1×128×128×512 → 512", ConvShape(batch: 1, side: 128, first: 512, outputs: 512)),
    .linear("linear 8192×320 → 2560, gated", rows: 8192, inputs: 320, outputs: 2560, gated: true),
    .linear("linear 2048×2560 → 640", rows: 2048, inputs: 2560, outputs: 640),
    .attention("attention 2×4096, 8 heads of 40", batch: 2, rows: 4096, heads: 8, size: 40),
    .attention("attention 2×1024, 8 heads of 80", batch: 2, rows: 1024, heads: 8, size: 80),
    .attention("attention 2×1024, 10 heads of 64", batch: 2, rows: 1024, heads: 10, size: 64),
    .attention("attention 1×4096, 1 head of 512", batch: 1, rows: 4096, heads: 1, size: 512),
  ]

  private static let convolutions: [ConformanceCase] = [
    .conv("conv 1×7×7×3 → 5", ConvShape(batch: 1, side: 7, first: 3, outputs: 5)),
    .conv(
      "conv 2×6×6×24+16 → 48, fused",
      ConvShape(batch: 2, side: 6, first: 24, second: 16, outputs: 48, fused: true)),
    .conv("conv 1×8×8×32 → 40, normed", ConvShape(batch: 1, side: 8, first: 32, outputs: 40, normed: true)),
    .conv(
      "conv 2×9×9×40 → 170, stride 2",
      ConvShape(batch: 2, side: 9, first: 40, outputs: 170, geometry: .halving)),
    .conv(
      "conv 1×8×8×16 → 12, stride 2, bottom right",
      ConvShape(batch: 1, side: 8, first: 16, outputs: 12, geometry: .halvingBottomRight)),
    .conv(
      "conv 2×5×5×8 → 8, enlarged to 10×10",
      ConvShape(batch: 2, side: 5, first: 8, outputs: 8, geometry: .enlarging(height: 10, width: 10))),
    .conv(
      "conv 1×5×5×16 → 8, enlarged to 7×9",
      ConvShape(batch: 1, side: 5, first: 16, outputs: 8, geometry: .enlarging(height: 7, width: 9))),
    .conv(
      "conv 2×7×7×64 → 72, added",
      ConvShape(batch: 2, side: 7, first: 64, outputs: 72, fused: true, activation: .none)),
    .conv(
      "conv 2×9×9×32 → 40, stride 2", ConvShape(batch: 2, side: 9, first: 32, outputs: 40, geometry: .halving)
    ),
    .conv(
      "conv 1×1 2×6×6×64+64 → 72, fused",
      ConvShape(batch: 2, side: 6, first: 64, second: 64, outputs: 72, kernel: 1, fused: true)),
    .conv(
      "conv 2×4×4×320 → 160, split sum",
      ConvShape(batch: 2, side: 4, first: 320, outputs: 160, fused: true, normed: true)),
  ]

  private static let products: [ConformanceCase] = [
    .linear("linear 5×7 → 3", rows: 5, inputs: 7, outputs: 3),
    .linear("linear 130×96 → 328, gelu", rows: 130, inputs: 96, outputs: 328, activation: .gelu),
    .linear("linear 70×64 → 80, residual", rows: 70, inputs: 64, outputs: 80, residual: true),
    .linear(
      "linear 77×64 → 24, gated, residual", rows: 77, inputs: 64, outputs: 24, gated: true, residual: true),
    .linear("linear 9×40 → 33, quick gelu", rows: 9, inputs: 40, outputs: 33, activation: .quickGELU),
    .linear("linear 3×16 → 8, silu", rows: 3, inputs: 16, outputs: 8, activation: .silu),
  ]

  private static let attentions: [ConformanceCase] = [
    .attention("attention 2×70, 2 heads of 40", batch: 2, rows: 70, heads: 2, size: 40),
    .attention("attention 1×130, 2 heads of 64", batch: 1, rows: 130, heads: 2, size: 64),
    .attention("attention 1×77, 4 heads of 48, causal", batch: 1, rows: 77, heads: 4, size: 48, causal: true),
    .attention("attention 2×33, 3 heads of 80", batch: 2, rows: 33, heads: 3, size: 80),
    .attention("attention 1×65, 1 head of 160", batch: 1, rows: 65, heads: 1, size: 160),
    .attention("attention 1×50, 1 head of 512", batch: 1, rows: 50, heads: 1, size: 512),
    .attention("attention 1×40, 1 head of 33", batch: 1, rows: 40, heads: 1, size: 33),
    .attention(
      "attention 1×300, 1 head of 64, outlier", batch: 1, rows: 300, heads: 1, size: 64, outlier: true),
  ]
}
