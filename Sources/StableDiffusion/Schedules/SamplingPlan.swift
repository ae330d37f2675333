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
    /// How much fresh noise is added to the latents before the evaluation: churn, or a restart.
    public let lift: Double

    /// Makes an evaluation.
    public init(timestep: Float, inputScale: Double, from: NoiseLevel, to: NoiseLevel, lift: Double = 0) {
      self.timestep = timestep
      self.inputScale = inputScale
      self.from = from
      self.to = to
      self.lift = lift
    }

    /// An evaluation at σ with variance exploding: the UNet sees latents scaled back to variance 1.
    static func exploding(
      timestep: Double, from: Double, to: Double, lift: Double = 0
    ) -> Evaluation {
      Evaluation(
        timestep: Float(timestep), inputScale: 1 / (from * from + 1).squareRoot(),
        from: .exploding(sigma: from), to: .exploding(sigma: to), lift: lift)
    }

    /// The same evaluation with another end.
    func ending(at sigma: Double) -> Evaluation {
      Evaluation(
        timestep: timestep, inputScale: inputScale, from: from, to: .exploding(sigma: sigma), lift: lift)
    }
  }

  /// The evaluations.
  public let evaluations: [Evaluation]
  /// What normal noise is multiplied by to make the first latents.
  public let initialScale: Double

  /// The plan without its first evaluations.
  func dropping(_ count: Int) -> SamplingPlan {
    guard count > 0, count < evaluations.count else { return self }
    let rest = Array(evaluations.dropFirst(count))
    return SamplingPlan(evaluations: rest, initialScale: rest[0].from.signal < 1 ? 1 : rest[0].from.noise)
  }

  /// σ of every level passed, the last step's end too.
  var sigmas: [Double] {
    evaluations.map(\.from.sigma) + (evaluations.last.map { [$0.to.sigma] } ?? [])
  }
}
