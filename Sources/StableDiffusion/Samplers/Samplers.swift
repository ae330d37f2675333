public import Generation

/// The registry of samplers: adding one is a file for the step with its definition, and a line here.
public enum Samplers {
  /// Every sampler, the default first.
  public static let all: [SamplerDefinition] = [
    .dpmpp2M, .dpmppSDE, .dpmpp2MSDE, .dpmpp2MSDEHeun, .dpmpp2SAncestral, .dpmpp3MSDE, .eulerAncestral,
    .euler,
    .lms, .heun, .dpm2, .dpm2Ancestral, .dpmFast, .dpmAdaptive, .restart, .ddim, .ddimCFGPP, .plms, .uniPC,
    .lcm,
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
