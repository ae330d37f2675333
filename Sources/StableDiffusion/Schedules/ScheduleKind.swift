public import Generation

/// How inference steps are laid over the noise levels; names are A1111's and diffusers'.
public enum ScheduleKind: String, CaseIterable, Sendable {
  /// What diffusers' class for the sampler does with the model's `scheduler_config.json`.
  case automatic
  /// k-diffusion's: timesteps evenly from the last to the first, σ linear in log σ. DDIM and PLMS: CompVis'.
  case uniform
  /// Karras 2022 with ρ = 7.
  case karras
  /// Evenly in log σ.
  case exponential
  /// Evenly in log σ^(1/ρ), ρ = 1 as A1111 has it: the same as `exponential` but for rounding.
  case polyexponential
  /// Stability's: as `normal` with one step more, the last left out.
  case sgmUniform = "sgm_uniform"
  /// Evenly in arctan σ (Lai 2023); ends at the smallest σ, not at 0.
  case klOptimal = "kl_optimal"
  /// Ten levels found by optimisation (Sabour 2024), other counts interpolated in log σ.
  case alignYourSteps = "align_your_steps"
  /// Every n-th training level from the last.
  case simple
  /// Timesteps evenly from the largest σ's to the smallest's.
  case normal
  /// Every n-th training level from the second.
  case ddim
  /// Quantiles of the beta distribution with α = β = 0.6 (Lee 2024).
  case beta
  /// diffusers' `leading` spacing with the model's offset.
  case leading
  /// diffusers' `linspace` spacing.
  case linspace
  /// diffusers' `trailing` spacing.
  case trailing

  /// What A1111 calls it in pictures: `SGM Uniform`.
  public var label: String {
    switch self {
    case .sgmUniform: "SGM Uniform"
    case .klOptimal: "KL Optimal"
    case .alignYourSteps: "Align Your Steps"
    case .ddim: "DDIM"
    default: rawValue.prefix(1).uppercased() + rawValue.dropFirst()
    }
  }

  /// Whether it is a list of σ as A1111 makes it, and not what a diffusers class does.
  var isSigmaList: Bool {
    switch self {
    case .automatic, .leading, .linspace, .trailing: false
    default: true
    }
  }

  /// What samplers that step by timesteps can use.
  static let timestepKinds: [ScheduleKind] = [.automatic, .uniform, .leading, .linspace, .trailing]
}

/// The schedules on offer.
public enum Schedules {
  /// Every schedule, the default first.
  public static let descriptions: [SamplerDescription] = ScheduleKind.allCases.map {
    SamplerDescription(name: $0.rawValue, aliases: aliases[$0] ?? [])
  }

  private static let aliases: [ScheduleKind: [String]] = [
    .karras: ["ka"], .alignYourSteps: ["ays"],
  ]
}
