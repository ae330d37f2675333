public import Checkpoints
public import Generation

/// The diffusers class whose arithmetic a sampler's `automatic` schedule follows.
public enum SchedulerClass: String, Sendable {
  /// Euler's method.
  case euler = "EulerDiscreteScheduler"
  /// Euler's method with fresh noise.
  case eulerAncestral = "EulerAncestralDiscreteScheduler"
  /// DDIM.
  case ddim = "DDIMScheduler"
  /// PLMS: the class without its Runge-Kutta start.
  case pndm = "PNDMScheduler"
  /// DPM-Solver++(2M).
  case dpmSolver = "DPMSolverMultistepScheduler"
}

/// Lays a number of steps over a model's noise levels.
public struct PlanBuilder: Sendable {
  let config: SchedulerConfig
  let steps: Int

  /// Prepares plans of `steps` inference steps.
  /// - Throws: `UserError` `out_of_range` when the model was trained with fewer timesteps.
  public init(_ config: SchedulerConfig, steps: Int) throws(UserError) {
    guard (1...config.trainTimesteps).contains(steps) else {
      throw UserError(
        code: "out_of_range",
        message: "steps must be between 1 and the model's \(config.trainTimesteps) timesteps; got \(steps)",
        field: "steps")
    }
    self.config = config
    self.steps = steps
  }

  /// The plan of a sampler that follows `sampler`'s arithmetic.
  /// - Throws: `UserError` `unsupported_schedule` when the class has no such schedule, `unusable_model` when
  ///   the model's configuration leads out of its own timesteps.
  public func plan(_ sampler: SchedulerClass, _ schedule: ScheduleKind) throws(UserError) -> SamplingPlan {
    switch (sampler, schedule) {
    case (.euler, .uniform), (.eulerAncestral, .uniform), (.dpmSolver, .uniform): uniformPlan()
    case (.euler, _), (.eulerAncestral, _): explodingPlan(sampler, schedule)
    case (.dpmSolver, _): dpmPlan(schedule)
    case (.ddim, .karras), (.pndm, .karras):
      throw UserError(
        code: "unsupported_schedule",
        message: "DDIM and PLMS step by timesteps and have no schedule 'karras'; expected one of: "
          + ScheduleKind.timestepKinds.map(\.rawValue).joined(separator: ", "),
        field: "schedule")
    case (.ddim, _): try DiscretePlan(self, schedule, endsAtOne: true).ddim()
    case (.pndm, _): try DiscretePlan(self, schedule, endsAtOne: false).plms()
    }
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

  /// Euler and Euler a: σ at float timesteps, linear in σ; the first noise has the largest σ, or √(σ² + 1) with
  /// leading spacing.
  private func explodingPlan(_ sampler: SchedulerClass, _ schedule: ScheduleKind) -> SamplingPlan {
    let noise = NoiseSchedule(config)
    let ownKarras = sampler == .eulerAncestral && schedule == .karras
    let spacing = ownKarras ? .linspace : spacing(schedule, or: .linspace)
    var timesteps = TimestepGrid.timesteps(
      spacing, of: config.trainTimesteps, count: steps, offset: config.stepsOffset
    ).map { Double(Float($0)) }
    var sigmas = timesteps.map(noise.sigma(at:))
    if ownKarras || (sampler == .euler && usesKarras(schedule)) {
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
      evaluations: timesteps.indices.map { Self.exploding(timesteps[$0], rounded[$0], rounded[$0 + 1]) },
      initialScale: spacing == .leading ? (top * top + 1).squareRoot() : top)
  }

  /// k-diffusion's `get_sigmas`; A1111's automatic for its k-diffusion samplers.
  private func uniformPlan() -> SamplingPlan {
    let noise = NoiseSchedule(config)
    let last = Float(config.trainTimesteps - 1)
    let timesteps = NoiseSchedule.linspace(last, 0, steps).map(Double.init)
    let sigmas = (timesteps.map(noise.logSigma(at:)) + [0]).map { Double(Float($0)) }
    return SamplingPlan(
      evaluations: timesteps.indices.map { Self.exploding(timesteps[$0], sigmas[$0], sigmas[$0 + 1]) },
      initialScale: sigmas[0])
  }

  private static func exploding(_ timestep: Double, _ from: Double, _ to: Double) -> SamplingPlan.Evaluation {
    SamplingPlan.Evaluation(
      timestep: Float(timestep), inputScale: 1 / (from * from + 1).squareRoot(),
      from: .exploding(sigma: from), to: .exploding(sigma: to))
  }

  /// DPM-Solver: whole timesteps of a grid one longer, without its last.
  private func dpmPlan(_ schedule: ScheduleKind) -> SamplingPlan {
    let noise = NoiseSchedule(config)
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

extension ScheduleKind {
  /// What DDIM and PLMS can use.
  static let timestepKinds: [ScheduleKind] = [.automatic, .uniform, .leading, .linspace, .trailing]
}
