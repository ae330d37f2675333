/// How much signal and how much noise latents hold: x = signal·x₀ + noise·ε.
///
/// With variance kept, signal = √ᾱ and noise = √(1 − ᾱ); with variance exploding (Karras 2022), signal
/// is 1 and noise is σ. Samplers work in either, so one formula serves both.
public struct NoiseLevel: Equatable, Sendable {
  /// The factor of the clean latents.
  public let signal: Double
  /// The factor of the noise.
  public let noise: Double

  /// Makes a level.
  public init(signal: Double, noise: Double) {
    self.signal = signal
    self.noise = noise
  }

  /// σ = noise / signal; infinite where no signal is left.
  public var sigma: Double { noise / signal }

  /// The level with variance kept at a cumulative product ᾱ, 0…1.
  static func preserving(alphaBar: Double) -> NoiseLevel {
    NoiseLevel(signal: alphaBar.squareRoot(), noise: (1 - alphaBar).squareRoot())
  }

  /// The level with variance kept at σ.
  static func preserving(sigma: Double) -> NoiseLevel {
    let signal = 1 / (sigma * sigma + 1).squareRoot()
    return NoiseLevel(signal: signal, noise: sigma * signal)
  }

  /// The level with variance exploding at σ.
  static func exploding(sigma: Double) -> NoiseLevel { NoiseLevel(signal: 1, noise: sigma) }
}
