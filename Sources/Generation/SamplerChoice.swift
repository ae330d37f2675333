/// A sampler and a schedule by the names the worker gave them.
public struct SamplerChoice: Hashable, Sendable {
  /// `SamplerDescription.name` of the sampler.
  public let sampler: String
  /// `SamplerDescription.name` of the schedule.
  public let schedule: String

  /// Finds both among what is offered, without regard to case, by name or alias.
  ///
  /// Names from before A1111 1.9 hold both ("DPM++ 2M Karras"); they are taken apart. An absent or empty
  /// schedule means `automatic`, the first schedule on offer.
  /// - Throws: `UserError` `unknown_sampler`, `unknown_schedule` with the nearest name, or
  ///   `unsupported_schedule` when the sampler has no such schedule.
  public init(
    sampler: String, schedule: String?, samplers: [SamplerDescription], schedules: [SamplerDescription]
  ) throws(UserError) {
    var asked = schedules.first
    if let schedule, !schedule.isEmpty {
      guard let found = NameLookup.find(schedule, in: schedules) else {
        throw NameLookup.unknown("schedule", schedule, among: schedules.map(\.name))
      }
      asked = found
    }
    guard let asked else { throw NameLookup.unknown("schedule", schedule ?? "", among: []) }
    guard let (sampler, suffix) = Self.split(sampler, samplers, schedules) else {
      throw NameLookup.unknown("sampler", sampler, among: samplers.map(\.name))
    }
    if let suffix, asked.name != schedules.first?.name, asked.name != suffix.name {
      throw UserError(
        code: "unsupported_schedule",
        message: "the sampler's name asks for schedule '\(suffix.name)', the schedule is '\(asked.name)'",
        field: "schedule")
    }
    let chosen = suffix ?? asked
    if let possible = sampler.schedules, !possible.contains(chosen.name) {
      throw UserError(
        code: "unsupported_schedule",
        message: "\(sampler.name) has no schedule '\(chosen.name)'; expected one of: "
          + possible.joined(separator: ", "),
        field: "schedule")
    }
    self.sampler = sampler.name
    self.schedule = chosen.name
  }

  /// The sampler, and the schedule that the end of its name asks for.
  private static func split(
    _ name: String, _ samplers: [SamplerDescription], _ schedules: [SamplerDescription]
  ) -> (SamplerDescription, SamplerDescription?)? {
    if let sampler = NameLookup.find(name, in: samplers) { return (sampler, nil) }
    let folded = NameLookup.folded(name)
    for schedule in schedules {
      for suffix in ([schedule.name] + schedule.aliases).map(NameLookup.folded)
      where folded.count > suffix.count && folded.hasSuffix(suffix) {
        if let sampler = NameLookup.find(String(folded.dropLast(suffix.count)), in: samplers) {
          return (sampler, schedule)
        }
      }
    }
    return nil
  }
}
