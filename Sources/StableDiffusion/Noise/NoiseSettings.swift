public import Generation

/// Where one picture's noise comes from.
public struct NoiseSettings: Sendable {
  /// The picture's seed.
  public var seed: Int64
  /// The generator.
  public var kind: NoiseKind
  /// A second seed and how far the first noise goes to it, 0…1 (A1111's variation seed).
  public var variation: (seed: Int64, strength: Double)?
  /// Added to the seed for the noise of steps (A1111's ENSD); 0 goes on with the picture's own generator.
  public var stepSeedDelta: Int64
  /// The size in latents the first noise is drawn at and put into the middle from (A1111's seed resize); nil: the
  /// picture's own.
  public var drawnAt: (height: Int, width: Int)?

  /// Makes settings.
  public init(
    seed: Int64, kind: NoiseKind = .cpu, variation: (seed: Int64, strength: Double)? = nil,
    stepSeedDelta: Int64 = 0, drawnAt: (height: Int, width: Int)? = nil
  ) {
    self.seed = seed
    self.kind = kind
    self.variation = variation
    self.stepSeedDelta = stepSeedDelta
    self.drawnAt = drawnAt
  }

  /// A generator of this kind.
  func source(_ seed: Int64) -> any NoiseSource {
    switch kind {
    case .cpu: TorchNoise(seed: seed)
    case .nv: PhiloxNoise(seed: seed)
    }
  }
}
