public import Generation

/// How inference steps are laid over the noise levels; names are A1111's and diffusers'.
public enum ScheduleKind: String, CaseIterable, Sendable {
  /// What diffusers' class for the sampler does with the model's `scheduler_config.json`.
  case automatic
  /// k-diffusion's: timesteps evenly from the last to the first, σ linear in log σ. DDIM and PLMS: CompVis'.
  case uniform
  /// Karras 2022 with ρ = 7.
  case karras
  /// diffusers' `leading` spacing with the model's offset.
  case leading
  /// diffusers' `linspace` spacing.
  case linspace
  /// diffusers' `trailing` spacing.
  case trailing

  /// What A1111 calls it in pictures: `Karras`.
  public var label: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}

/// The schedules on offer.
public enum Schedules {
  /// Every schedule, the default first.
  public static let descriptions: [SamplerDescription] = ScheduleKind.allCases.map {
    SamplerDescription(name: $0.rawValue, aliases: $0 == .karras ? ["ka"] : [])
  }
}
