/// A seeded generator of normal noise; conformers are named for what they match.
///
/// One source belongs to one picture: the initial latents come first, then the noise of each step that asks.
public protocol NoiseSource {
  /// The next `count` values with mean 0 and variance 1, in the order of [channels, height, width].
  mutating func normal(_ count: Int) -> [Float]
}
