/// The model evaluations of one picture, in order, and how strong its first noise is.
public struct SamplingPlan: Equatable, Sendable {
  /// One evaluation of the UNet and the step taken from it.
  public struct Evaluation: Equatable, Sendable {
    /// What the UNet is told: a training timestep, possibly between two.
    public let timestep: Float
    /// What latents are multiplied by before the UNet sees them.
    public let inputScale: Double
    /// The level the step starts from.
    public let from: NoiseLevel
    /// The level the step ends at.
    public let to: NoiseLevel
  }

  /// The evaluations.
  public let evaluations: [Evaluation]
  /// What normal noise is multiplied by to make the first latents.
  public let initialScale: Double
}
