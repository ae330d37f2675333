/// The noise schedule a model was trained with and how it wants to be sampled, from
/// `scheduler/scheduler_config.json`.
///
/// Absent keys have the defaults the stock scheduler classes share. The class name is kept as the file has
/// it: whoever samples decides what to make of it.
public struct SchedulerConfig: Decodable, Equatable, Sendable {
  /// How β grows from `betaStart` to `betaEnd`.
  public enum BetaSchedule: String, CaseIterable, Sendable {
    /// Linear in β.
    case linear
    /// Linear in √β.
    case scaledLinear = "scaled_linear"
    /// From ᾱ(t) = cos²((t + 0.008) / 1.008 · π/2), each β at most 0.999 (Nichol & Dhariwal 2021).
    case squaredCosine = "squaredcos_cap_v2"
  }

  /// What the UNet predicts.
  public enum PredictionType: String, CaseIterable, Sendable {
    /// The noise.
    case epsilon
    /// √ᾱ · noise − √(1 − ᾱ) · clean latents (Salimans and Ho 2022).
    case v = "v_prediction"
    /// The clean latents.
    case sample
  }

  /// How inference timesteps are chosen from the training ones.
  public enum TimestepSpacing: String, CaseIterable, Sendable {
    /// Evenly from the first to the last.
    case linspace
    /// Multiples of a whole step, counted from the first.
    case leading
    /// Multiples of a step, counted from the last.
    case trailing
  }

  /// The stock class, for example `PNDMScheduler`; nil if the file does not say.
  public let className: String?
  /// Timesteps of the training: 1000.
  public let trainTimesteps: Int
  /// First β.
  public let betaStart: Double
  /// Last β.
  public let betaEnd: Double
  /// How β grows between them.
  public let betaSchedule: BetaSchedule
  /// What the UNet predicts.
  public let predictionType: PredictionType
  /// The spacing the file asks for; nil means the class's own default.
  public let timestepSpacing: TimestepSpacing?
  /// Added to timesteps with leading spacing: 1 for SD.
  public private(set) var stepsOffset: Int
  /// Whether ᾱ before the first timestep is 1, not the first ᾱ; nil means the class's own default.
  public let setsAlphaToOne: Bool?
  /// Whether PNDM leaves its Runge-Kutta start out.
  public let skipsPRKSteps: Bool
  /// Whether the estimate of the clean latents is clipped to ±1; nil means the class's own default.
  public private(set) var clipsSample: Bool?
  /// What the estimate is clipped to, ±, when it is.
  public let clipRange: Double
  /// Whether the last noise level is the smallest of the training instead of 0 (`final_sigmas_type`).
  public let endsAtSmallestSigma: Bool
  /// Whether a multistep solver always ends with a first-order step (`euler_at_final`).
  public let endsWithEuler: Bool
  /// Whether a multistep solver of fewer than 15 steps does (`lower_order_final`).
  public let lowersFinalOrder: Bool
  /// Whether a multistep solver is of Heun's type instead of the midpoint's (`solver_type`).
  public let usesHeunSolver: Bool
  /// The highest order of a multistep solver, 1…3 (`solver_order`); nil means the class's own.
  public let solverOrder: Int?
  /// Whether UniPC uses B(h) = h instead of eʰ − 1 (`solver_type`).
  public let usesBH1Solver: Bool
  /// Whether noise levels follow Karras (2022).
  public let usesKarrasSigmas: Bool
  /// Whether β are shifted so that the last timestep has no signal left (Lin 2023).
  public private(set) var rescalesToZeroSNR: Bool
  private let statesStepsOffset: Bool

  /// Reads and checks the file; throws `CheckpointError.unsupported` naming what it cannot do.
  public init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader(decoder)
    try reader.requireAbsent([
      "trained_betas", "thresholding", "use_exponential_sigmas", "use_beta_sigmas", "use_flow_sigmas",
      "use_lu_lambdas",
    ])
    try reader.require("interpolation_type", in: ["linear"])
    try reader.require("timestep_type", in: ["discrete"])
    try reader.require("final_sigmas_type", in: ["zero", "sigma_min"])
    className = try reader.value("_class_name")
    trainTimesteps = try reader.value("num_train_timesteps", or: 1000)
    betaStart = try reader.value("beta_start", or: 0.0001)
    betaEnd = try reader.value("beta_end", or: 0.02)
    betaSchedule = try Self.choice(reader, "beta_schedule") ?? .linear
    predictionType = try Self.choice(reader, "prediction_type") ?? .epsilon
    timestepSpacing = try Self.choice(reader, "timestep_spacing")
    stepsOffset = try reader.value("steps_offset", or: 0)
    statesStepsOffset = try reader.value("steps_offset", as: Int.self) != nil
    setsAlphaToOne = try reader.value("set_alpha_to_one")
    skipsPRKSteps = try reader.value("skip_prk_steps", or: false)
    clipsSample = try reader.value("clip_sample")
    clipRange = try reader.value("clip_sample_range", or: 1)
    endsAtSmallestSigma = try reader.value("final_sigmas_type", or: "zero") == "sigma_min"
    endsWithEuler = try reader.value("euler_at_final", or: false)
    lowersFinalOrder = try reader.value("lower_order_final", or: true)
    usesHeunSolver = try reader.value("solver_type", or: "midpoint") == "heun"
    solverOrder = try reader.value("solver_order")
    usesBH1Solver = try reader.value("solver_type", or: "midpoint") == "bh1"
    usesKarrasSigmas = try reader.value("use_karras_sigmas", or: false)
    rescalesToZeroSNR = try reader.value("rescale_betas_zero_snr", or: false)
    try reader.requireSizes("num_train_timesteps", [trainTimesteps], limit: 100_000)
    guard (0...trainTimesteps).contains(stepsOffset) else {
      throw reader.unsupported("steps_offset", found: "\(stepsOffset)", expected: "0 to \(trainTimesteps)")
    }
    guard (1...3).contains(solverOrder ?? 1) else {
      throw reader.unsupported("solver_order", found: "\(solverOrder ?? 0)", expected: "1 to 3")
    }
    guard clipRange > 0, clipRange.isFinite else {
      throw reader.unsupported("clip_sample_range", found: "\(clipRange)", expected: "a positive number")
    }
    guard 0 < betaStart, betaStart <= betaEnd, betaEnd < 1 else {
      throw reader.unsupported(
        "beta_start", found: "\(betaStart) to \(betaEnd)", expected: "rising betas between 0 and 1")
    }
  }

  /// The file as `StableDiffusionPipeline` corrects it when it loads a folder: with SD's offset of 1 and without
  /// clipping, which the files of the first models do not say.
  ///
  /// diffusers hands a correction of an absent key only to the class the file names; another class keeps its own
  /// default. PNDM's class has no `rescale_betas_zero_snr`.
  /// `StableDiffusionXLPipeline` corrects nothing.
  /// - Parameters:
  ///   - sampler: The diffusers class that samples.
  ///   - family: The model's.
  public func corrected(for sampler: String, family: ModelFamily = .sd1) -> SchedulerConfig {
    var corrected = self
    if sampler == "PNDMScheduler" { corrected.rescalesToZeroSNR = false }
    guard family != .sdxl else { return corrected }
    if statesStepsOffset || className == sampler { corrected.stepsOffset = 1 }
    if clipsSample != nil || className == sampler { corrected.clipsSample = false }
    return corrected
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ reader: ConfigurationReader, _ key: String
  ) throws -> Choice? {
    guard let name = try reader.value(key, as: String.self) else { return nil }
    guard let choice = Choice(rawValue: name) else {
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw reader.unsupported(key, found: name, expected: known)
    }
    return choice
  }
}
