public import Checkpoints
public import Generation

/// Lays a number of steps over a model's noise levels.
public struct PlanBuilder: Sendable {
  let config: SchedulerConfig
  let steps: Int
  /// Steps left out at the start, where a picture is begun from another one.
  let skipped: Int
  /// Whether the model is an SDXL: `align_your_steps` has a table for it.
  let isXL: Bool
  /// Ends and ρ of lists of σ.
  let sigmas: SigmaRange
  /// The noise levels of the training.
  let noise: NoiseSchedule

  /// Prepares plans of `steps` inference steps.
  /// - Throws: `UserError` `out_of_range` when the model was trained with fewer timesteps.
  /// - Parameters:
  ///   - skipped: Steps at the start that plans leave out, less than `steps`.
  ///   - sigmas: Ends and ρ of lists of σ.
  public init(
    _ config: SchedulerConfig, steps: Int, skipping skipped: Int = 0, isXL: Bool = false,
    sigmas: SigmaRange = SigmaRange()
  ) throws(UserError) {
    guard (1...config.trainTimesteps).contains(steps) else {
      throw UserError(
        code: "out_of_range",
        message: "steps must be between 1 and the model's \(config.trainTimesteps) timesteps; got \(steps)",
        field: "steps")
    }
    self.config = config
    self.steps = steps
    self.skipped = min(max(skipped, 0), steps - 1)
    self.isXL = isXL
    self.sigmas = sigmas
    noise = NoiseSchedule(config)
  }

  /// The plan of a sampler that follows `sampler`'s arithmetic, one evaluation a step (PLMS: one more).
  /// - Parameter skipsNextToLast: Whether lists of σ are made one longer and lose the last level before the end,
  ///   as A1111 does for samplers that evaluate between levels.
  /// - Throws: `UserError` `unsupported_schedule` when the class has no such schedule or the schedule does not
  ///   follow the range of σ, `out_of_range` for an empty range, `unusable_model` when
  ///   the model's configuration leads out of its own timesteps.
  public func plan(
    _ sampler: SchedulerClass, _ schedule: ScheduleKind, skipsNextToLast: Bool = false
  ) throws(UserError) -> SamplingPlan {
    if !sigmas.isEmpty { try sigmas.check(schedule, noise) }
    let whole =
      switch (sampler, schedule) {
      case (.ddim, _), (.pndm, _): try discretePlan(sampler, schedule)
      case (.lcm, .automatic): lcmPlan()
      // What is changed is changed in A1111's list.
      case (_, _) where !sigmas.isEmpty: sigmaPlan(schedule, skipsNextToLast: skipsNextToLast)
      case (.euler, .karras), (.eulerAncestral, .karras): explodingPlan(sampler, schedule)
      case (.dpmSolver, .karras), (.uniPC, .karras): dpmPlan(schedule)
      case (_, _) where schedule.isSigmaList: sigmaPlan(schedule, skipsNextToLast: skipsNextToLast)
      case (.dpmSolver, _), (.uniPC, _): dpmPlan(schedule)
      default: explodingPlan(sampler, schedule)
      }
    // Plans by timesteps have left them out already: the first step of PLMS is a special one.
    return sampler == .ddim || sampler == .pndm ? whole : whole.dropping(skipped)
  }

  /// σ = the level that the first step which is not left out starts from, on k-diffusion's own list.
  var firstSigma: Double {
    skipped == 0
      ? Double(noise.sigmas.last ?? 1)
      : SigmaList(noise: noise, isXL: isXL).values(.uniform, count: steps)[skipped]
  }

  /// An evaluation between the levels of a plan.
  func evaluation(at sigma: Double, to: Double, lift: Double = 0) -> SamplingPlan.Evaluation {
    .exploding(timestep: noise.timestep(of: sigma), from: sigma, to: to, lift: lift)
  }

  private func discretePlan(
    _ sampler: SchedulerClass, _ schedule: ScheduleKind
  ) throws(UserError) -> SamplingPlan {
    guard ScheduleKind.timestepKinds.contains(schedule) else {
      throw UserError(
        code: "unsupported_schedule",
        message: "DDIM and PLMS step by timesteps and have no schedule '\(schedule.rawValue)'; "
          + "expected one of: " + ScheduleKind.timestepKinds.map(\.rawValue).joined(separator: ", "),
        field: "schedule")
    }
    let plan = try DiscretePlan(self, schedule, endsAtOne: sampler == .ddim)
    return sampler == .ddim ? try plan.ddim() : try plan.plms()
  }

  /// The spacing a schedule asks for; the configuration's or else the class's own for the others.
  func spacing(
    _ schedule: ScheduleKind, or fallback: SchedulerConfig.TimestepSpacing
  ) -> SchedulerConfig.TimestepSpacing {
    SchedulerConfig.TimestepSpacing(rawValue: schedule.rawValue) ?? config.timestepSpacing ?? fallback
  }

  private func usesKarras(_ schedule: ScheduleKind) -> Bool {
    schedule == .karras || (schedule == .automatic && config.usesKarrasSigmas)
  }

  /// Euler and its like: σ at float timesteps, linear in σ; the first noise has the largest σ, or √(σ² + 1) with
  /// leading spacing.
  private func explodingPlan(_ sampler: SchedulerClass, _ schedule: ScheduleKind) -> SamplingPlan {
    let ownKarras = sampler == .eulerAncestral && schedule == .karras
    let spacing = ownKarras ? .linspace : spacing(schedule, or: .linspace)
    var timesteps = TimestepGrid.timesteps(
      spacing, of: config.trainTimesteps, count: steps, offset: config.stepsOffset
    ).map { Double(Float($0)) }
    var sigmas = timesteps.map(noise.sigma(at:))
    if ownKarras || (sampler != .eulerAncestral && usesKarras(schedule)) {
      let ends =
        ownKarras
        ? (Double(noise.sigmas.last ?? 0), Double(noise.sigmas.first ?? 0)) : (sigmas[0], sigmas.last ?? 0)
      sigmas = KarrasSigmas.values(high: ends.0, low: ends.1, count: steps)
      timesteps = sigmas.map(noise.timestep(of:))
    }
    let last = sampler == .euler && config.endsAtSmallestSigma ? Double(noise.sigmas[0]) : 0
    let rounded = (sigmas + [last]).map { Double(Float($0)) }
    let top = rounded.max() ?? 0
    return SamplingPlan(
      evaluations: timesteps.indices.map {
        .exploding(timestep: timesteps[$0], from: rounded[$0], to: rounded[$0 + 1])
      },
      initialScale: spacing == .leading ? (top * top + 1).squareRoot() : top)
  }

  /// A1111's schedule types, whose timesteps follow from σ.
  private func sigmaPlan(_ schedule: ScheduleKind, skipsNextToLast: Bool) -> SamplingPlan {
    let list = SigmaList(noise: noise, isXL: isXL, range: sigmas)
    var sigmas = list.values(schedule, count: skipsNextToLast ? steps + 1 : steps)
    if skipsNextToLast { sigmas.remove(at: sigmas.count - 2) }
    return SamplingPlan(
      evaluations: zip(sigmas, sigmas.dropFirst()).map { evaluation(at: $0, to: $1) },
      initialScale: sigmas[0])
  }

  /// LCM: a share of the timesteps it was distilled at, whose last one is the step's end.
  private func lcmPlan() -> SamplingPlan {
    let count = max(50, steps)
    let ratio = config.trainTimesteps / count
    let grid = (1...count).map { max($0 * ratio - 1, 0) }.reversed().map { $0 }
    let timesteps = (0..<steps).map { grid[Int(Double($0) * (Double(count) / Double(steps)))] }
    let levels = timesteps.map { NoiseLevel.preserving(alphaBar: Double(noise.alphaBars[$0])) }
    let ends = levels.dropFirst() + [NoiseLevel(signal: 1, noise: 0)]
    return SamplingPlan(
      evaluations: zip(timesteps, zip(levels, ends)).map {
        SamplingPlan.Evaluation(timestep: Float($0), inputScale: 1, from: $1.0, to: $1.1)
      }, initialScale: 1)
  }

  /// DPM-Solver: whole timesteps of a grid one longer, without its last.
  private func dpmPlan(_ schedule: ScheduleKind) -> SamplingPlan {
    let total = config.trainTimesteps
    var timesteps: [Double] =
      switch spacing(schedule, or: .linspace) {
      case .linspace:
        TimestepGrid.linspace(last: total - 1, count: steps + 1).dropLast().map {
          $0.rounded(.toNearestOrEven)
        }
      case .leading:
        TimestepGrid.leading(ratio: total / (steps + 1), count: steps + 1, offset: config.stepsOffset)
          .dropLast()
      case .trailing: TimestepGrid.trailing(last: total, count: steps)
      }
    var sigmas = timesteps.map(noise.sigma(at:))
    if usesKarras(schedule) {
      sigmas = KarrasSigmas.values(
        high: Double(noise.sigmas[total - 1]), low: Double(noise.sigmas[0]), count: steps)
      timesteps = sigmas.map(noise.timestep(of:))
      if config.betaSchedule != .squaredCosine {
        timesteps = timesteps.map { $0.rounded(.toNearestOrEven) }
      }
      timesteps = timesteps.map { $0.rounded(.towardZero) }
    }
    let last = config.endsAtSmallestSigma ? Double(noise.sigmas[0]) : 0
    let levels = (sigmas + [last]).map { NoiseLevel.preserving(sigma: Double(Float($0))) }
    return SamplingPlan(
      evaluations: timesteps.indices.map {
        SamplingPlan.Evaluation(
          timestep: Float(timesteps[$0]), inputScale: 1, from: levels[$0], to: levels[$0 + 1])
      }, initialScale: 1)
  }
}
