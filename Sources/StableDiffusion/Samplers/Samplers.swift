internal import Checkpoints
public import Generation

/// One sampler on offer: its names, the arithmetic of its schedules and how to make it.
public struct SamplerDefinition: Sendable {
  /// Names and possible schedules, as capabilities show them.
  public let description: SamplerDescription
  /// The diffusers class it agrees with.
  public let schedulerClass: SchedulerClass
  /// Makes a sampler for one picture.
  public let make: @Sendable (SamplingPlan, SamplerOptions) -> any Sampler
}

/// The registry of samplers: adding one is a file for the step and an entry here.
public enum Samplers {
  /// Every sampler, the default first.
  public static let all: [SamplerDefinition] = [
    SamplerDefinition(
      description: SamplerDescription(
        name: "DPM++ 2M", aliases: ["k_dpmpp_2m", "DPMSolverMultistepScheduler"]),
      schedulerClass: .dpmSolver
    ) { plan, options in
      let isShort = plan.evaluations.count < 15
      return DPMSolverSampler(
        plan: plan,
        lowersLastOrder: options.config.endsWithEuler || (options.config.lowersFinalOrder && isShort),
        isHeun: options.config.usesHeunSolver)
    },
    SamplerDefinition(
      description: SamplerDescription(name: "Euler", aliases: ["k_euler", "EulerDiscreteScheduler"]),
      schedulerClass: .euler
    ) { plan, _ in EulerSampler(plan: plan) },
    SamplerDefinition(
      description: SamplerDescription(
        name: "Euler a",
        aliases: ["k_euler_a", "k_euler_ancestral", "euler_ancestral", "EulerAncestralDiscreteScheduler"]),
      schedulerClass: .eulerAncestral
    ) { plan, options in EulerAncestralSampler(plan: plan, eta: options.eta ?? 1) },
    SamplerDefinition(
      description: SamplerDescription(
        name: "DDIM", aliases: ["DDIMScheduler"], schedules: ScheduleKind.timestepKinds.map(\.rawValue)),
      schedulerClass: .ddim
    ) { plan, options in
      DDIMSampler(
        plan: plan, eta: options.eta ?? 0,
        clip: options.config.clipsSample ?? true ? Float(options.config.clipRange) : nil)
    },
    SamplerDefinition(
      description: SamplerDescription(
        name: "PLMS", aliases: ["PNDM", "PNDMScheduler"],
        schedules: ScheduleKind.timestepKinds.map(\.rawValue)),
      schedulerClass: .pndm
    ) { plan, _ in PLMSSampler(plan: plan) },
  ]

  /// Names and schedules of every sampler, as capabilities show them.
  public static let descriptions: [SamplerDescription] = all.map(\.description)

  /// A request's sampler and schedule, found by name, alias or old name.
  /// - Throws: `UserError` `unknown_sampler`, `unknown_schedule` or `unsupported_schedule`.
  public static func choose(
    _ sampler: String, _ schedule: String?
  ) throws(UserError) -> (SamplerDefinition, ScheduleKind) {
    let choice = try SamplerChoice(
      sampler: sampler, schedule: schedule, samplers: descriptions, schedules: Schedules.descriptions)
    let definition = all.first { $0.description.name == choice.sampler }
    guard let definition, let kind = ScheduleKind(rawValue: choice.schedule) else {
      throw UserError(code: "unknown_sampler", message: "unknown sampler '\(sampler)'", field: "sampler")
    }
    return (definition, kind)
  }
}
