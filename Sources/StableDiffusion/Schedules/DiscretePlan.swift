internal import Checkpoints
internal import Generation

/// Plans of the samplers that step from one training timestep to another: DDIM and PLMS.
struct DiscretePlan {
  private let total: Int
  private let ratio: Int
  private let steps: Int
  private let noise: NoiseSchedule
  private let final: NoiseLevel
  /// Highest first.
  private let timesteps: [Int]

  /// Lays out the timesteps.
  ///
  /// `uniform` is CompVis' own: leading with offset 1, the last ᾱ is the first one.
  /// - Parameter fallback: The class's own `set_alpha_to_one`, for files that do not say.
  init(
    _ builder: PlanBuilder, _ schedule: ScheduleKind, endsAtOne fallback: Bool
  ) throws(UserError) {
    let config = builder.config
    total = config.trainTimesteps
    steps = builder.steps
    ratio = total / steps
    noise = NoiseSchedule(config, keepsTerminalSignal: false)
    let isUniform = schedule == .uniform
    let grid = TimestepGrid.timesteps(
      isUniform ? .leading : builder.spacing(schedule, or: .leading), of: total, count: steps,
      offset: isUniform ? 1 : config.stepsOffset)
    timesteps = grid.dropFirst(builder.skipped).map { Int($0.rounded(.toNearestOrEven)) }
    let endsAtOne = !isUniform && (config.setsAlphaToOne ?? fallback)
    final = endsAtOne ? NoiseLevel(signal: 1, noise: 0) : .preserving(alphaBar: Double(noise.alphaBars[0]))
  }

  /// One evaluation a step.
  func ddim() throws(UserError) -> SamplingPlan {
    var evaluations: [SamplingPlan.Evaluation] = []
    for timestep in timesteps {
      evaluations.append(try evaluation(at: timestep, from: timestep, to: timestep - ratio))
    }
    return SamplingPlan(evaluations: evaluations, initialScale: 1)
  }

  /// The second timestep is evaluated twice: first to average with the first evaluation (a Heun step over the
  /// first interval), then for the first multistep.
  func plms() throws(UserError) -> SamplingPlan {
    var evaluations: [SamplingPlan.Evaluation] = []
    for (index, timestep) in timesteps.enumerated() {
      if index == 1 { evaluations.append(try evaluation(at: timestep, from: timestep + ratio, to: timestep)) }
      evaluations.append(try evaluation(at: timestep, from: timestep, to: timestep - ratio))
    }
    return SamplingPlan(evaluations: evaluations, initialScale: 1)
  }

  private func evaluation(
    at timestep: Int, from: Int, to: Int
  ) throws(UserError) -> SamplingPlan.Evaluation {
    SamplingPlan.Evaluation(
      timestep: Float(timestep), inputScale: 1, from: try level(from), to: try level(to))
  }

  /// The level at a timestep, or the final one before the first.
  private func level(_ timestep: Int) throws(UserError) -> NoiseLevel {
    guard timestep >= 0 else { return final }
    guard timestep < total else {
      throw UserError(
        code: "unusable_model",
        message:
          "the model's scheduler_config.json leads to timestep \(timestep), expected less than \(total)")
    }
    return .preserving(alphaBar: Double(noise.alphaBars[timestep]))
  }
}
