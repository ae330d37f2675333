/// How timesteps become vectors, in diffusers' words.
public struct TimestepEmbedding: Sendable, Hashable {
  /// The length of a vector.
  public var dimension: Int
  /// Whether cosines come first.
  public var flipSinToCos: Bool
  /// Subtracted from the number of frequencies in the exponent: 0 for Stable Diffusion.
  public var downscaleFreqShift: Float

  /// Makes a description.
  public init(dimension: Int, flipSinToCos: Bool = true, downscaleFreqShift: Float = 0) {
    self.dimension = dimension
    self.flipSinToCos = flipSinToCos
    self.downscaleFreqShift = downscaleFreqShift
  }
}
