/// The ranges a request must respect; workers may narrow them, never widen them.
public struct Limits: Codable, Hashable, Sendable {
  /// Most bytes of UTF-8 in a prompt or a negative prompt.
  public var promptBytes = 4000
  /// Fewest and most inference steps.
  public var minSteps = 1, maxSteps = 150
  /// Least and greatest guidance scale.
  public var minGuidanceScale = 0.0, maxGuidanceScale = 30.0
  /// Shortest and longest side in pixels.
  public var minSide = 64, maxSide = 2048
  /// Sides are multiples of this.
  public var sideMultiple = 8
  /// Most pixels in one picture.
  public var maxPixels = 2048 * 2048
  /// Most pictures in one job.
  public var maxBatchCount = 8
  /// Greatest seed: the largest integer every JSON reader keeps exactly.
  public var maxSeed: Int64 = (1 << 53) - 1
  /// Greatest ENSD, either way.
  public var maxSeedDelta: Int64 = 1 << 32
  /// Greatest churn, σ and factor of noise.
  public var maxSigmaChurn = 100.0, maxSigma = 10_000.0, maxSigmaNoise = 2.0
  /// Greatest blur of a mask, padding around one and growth of a side, in pixels.
  public var maxMaskBlur = 64, maxMaskPadding = 256, maxOutpaint = 1024
  /// Greatest factors of hires fix and of upscaling.
  public var maxHiresScale = 4.0, maxUpscale = 8.0
  /// Longest side and most pixels of a finished picture, which may be larger than what the model makes at once.
  public var maxOutputSide = 4096, maxOutputPixels = 16 << 20
  /// Greatest ρ of a schedule.
  public var maxScheduleRho = 100.0
  /// Most styles of a request.
  public var maxStyles = 16
  /// Most unfinished jobs one user may have.
  public var jobsPerUser = 20
  /// Most unfinished jobs one user may have in grids of experiments, and so the cells of one.
  public var gridCells = 100
  /// Most unfinished jobs on the server.
  public var jobsTotal = 500
  /// Most bytes of an uploaded picture.
  public var uploadBytes = 16 << 20

  /// The service's own limits.
  public init() {}

  enum CodingKeys: String, CodingKey {
    case promptBytes = "prompt_bytes"
    case minSteps = "min_steps"
    case maxSteps = "max_steps"
    case minGuidanceScale = "min_guidance_scale"
    case maxGuidanceScale = "max_guidance_scale"
    case minSide = "min_side"
    case maxSide = "max_side"
    case sideMultiple = "side_multiple"
    case maxPixels = "max_pixels"
    case maxBatchCount = "max_batch_count"
    case maxSeed = "max_seed"
    case maxSeedDelta = "max_seed_delta"
    case maxSigmaChurn = "max_sigma_churn"
    case maxSigma = "max_sigma"
    case maxSigmaNoise = "max_sigma_noise"
    case maxMaskBlur = "max_mask_blur"
    case maxMaskPadding = "max_mask_padding"
    case maxOutpaint = "max_outpaint"
    case maxHiresScale = "max_hires_scale"
    case maxUpscale = "max_upscale"
    case maxOutputSide = "max_output_side"
    case maxOutputPixels = "max_output_pixels"
    case maxScheduleRho = "max_schedule_rho"
    case maxStyles = "max_styles"
    case jobsPerUser = "jobs_per_user"
    case gridCells = "grid_cells"
    case jobsTotal = "jobs_total"
    case uploadBytes = "upload_bytes"
  }
}

extension Limits {
  /// Reads ranges; what was added after the first release keeps the service's own value when a program that
  /// does not know it says nothing of it.
  public init(from decoder: any Decoder) throws {
    self.init()
    let values = try decoder.container(keyedBy: CodingKeys.self)
    promptBytes = try values.decode(Int.self, forKey: .promptBytes)
    minSteps = try values.decode(Int.self, forKey: .minSteps)
    maxSteps = try values.decode(Int.self, forKey: .maxSteps)
    minGuidanceScale = try values.decode(Double.self, forKey: .minGuidanceScale)
    maxGuidanceScale = try values.decode(Double.self, forKey: .maxGuidanceScale)
    minSide = try values.decode(Int.self, forKey: .minSide)
    maxSide = try values.decode(Int.self, forKey: .maxSide)
    sideMultiple = try values.decode(Int.self, forKey: .sideMultiple)
    maxPixels = try values.decode(Int.self, forKey: .maxPixels)
    maxBatchCount = try values.decode(Int.self, forKey: .maxBatchCount)
    maxSeed = try values.decode(Int64.self, forKey: .maxSeed)
    jobsPerUser = try values.decode(Int.self, forKey: .jobsPerUser)
    jobsTotal = try values.decode(Int.self, forKey: .jobsTotal)
    uploadBytes = try values.decode(Int.self, forKey: .uploadBytes)
    maxMaskBlur = try values.decodeIfPresent(Int.self, forKey: .maxMaskBlur) ?? maxMaskBlur
    maxMaskPadding = try values.decodeIfPresent(Int.self, forKey: .maxMaskPadding) ?? maxMaskPadding
    maxOutpaint = try values.decodeIfPresent(Int.self, forKey: .maxOutpaint) ?? maxOutpaint
    maxHiresScale = try values.decodeIfPresent(Double.self, forKey: .maxHiresScale) ?? maxHiresScale
    maxUpscale = try values.decodeIfPresent(Double.self, forKey: .maxUpscale) ?? maxUpscale
    maxOutputSide = try values.decodeIfPresent(Int.self, forKey: .maxOutputSide) ?? maxOutputSide
    maxOutputPixels = try values.decodeIfPresent(Int.self, forKey: .maxOutputPixels) ?? maxOutputPixels
    gridCells = try values.decodeIfPresent(Int.self, forKey: .gridCells) ?? gridCells
    maxSeedDelta = try values.decodeIfPresent(Int64.self, forKey: .maxSeedDelta) ?? maxSeedDelta
    maxSigmaChurn = try values.decodeIfPresent(Double.self, forKey: .maxSigmaChurn) ?? maxSigmaChurn
    maxSigma = try values.decodeIfPresent(Double.self, forKey: .maxSigma) ?? maxSigma
    maxSigmaNoise = try values.decodeIfPresent(Double.self, forKey: .maxSigmaNoise) ?? maxSigmaNoise
    maxScheduleRho = try values.decodeIfPresent(Double.self, forKey: .maxScheduleRho) ?? maxScheduleRho
    maxStyles = try values.decodeIfPresent(Int.self, forKey: .maxStyles) ?? maxStyles
  }
}
