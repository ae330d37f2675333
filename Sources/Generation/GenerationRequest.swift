/// Every setting that affects a job's pictures, all resolved: two equal requests make equal pictures.
///
/// The JSON form (snake_case) is what clients send, what the database stores, what travels to the
/// worker and what is written into the PNG. Nothing is read from server state later.
public struct GenerationRequest: Codable, Hashable, Sendable {
  /// What the job starts from.
  public var mode: GenerationMode
  /// What the pictures should show; at most `Limits.promptBytes` UTF-8 bytes.
  public var prompt: String
  /// What they should not show; empty means the unconditional embedding of an empty prompt.
  public var negativePrompt: String
  /// A model's `ModelDescription.name`.
  public var model: String
  /// A sampler's A1111 name, for example `DPM++ 2M`.
  public var sampler: String
  /// A schedule's A1111 name in lower case, for example `automatic` or `karras`.
  public var schedule: String
  /// Inference steps, 1…150.
  public var steps: Int
  /// Classifier-free guidance weight, 0…30; exactly 1 skips the unconditional half.
  public var guidanceScale: Double
  /// Pixels, a multiple of 8.
  public var width: Int
  /// Pixels, a multiple of 8.
  public var height: Int
  /// Pictures in this job; picture i (0-based) uses `seed + i`.
  public var batchCount: Int
  /// Seed of the first picture, 0…2⁵³−1 (−1, random, is resolved before a request is stored).
  public var seed: Int64
  /// η of DDIM and of the ancestral samplers; nil means the sampler's own default (0 and 1).
  public var eta: Double?
  /// Which hidden state of the text encoder is used, counted from the end; nil means the model's own.
  public var clipSkip: Int?
  /// What brackets in the prompts do; nil means `original`.
  public var emphasis: EmphasisMode?

  /// Where noise comes from; nil means `cpu`.
  public var noiseSource: NoiseKind?
  /// The seed the first noise goes towards, of the first picture; with a strength, picture i uses
  /// `variationSeed + i` and the seed stays.
  public var variationSeed: Int64?
  /// How far the first noise goes to the variation seed's, 0…1; nil and 0 leave it as it is.
  public var variationStrength: Double?
  /// Added to a picture's seed for the fresh noise of ancestral samplers (A1111's ENSD); nil and 0 go on with
  /// the generator of its first noise.
  public var seedDelta: Int64?
  /// Noise added before the steps of Euler, Heun and DPM2 (S_churn); nil means none.
  public var sigmaChurn: Double?
  /// The lowest and highest σ at which it is added (S_tmin, S_tmax); nil means all.
  public var sigmaMinimum: Double?, sigmaMaximum: Double?
  /// Factor of all fresh noise (S_noise); nil means 1.
  public var sigmaNoise: Double?
  /// A text hidden in the pictures' colours, 6 to 32 printable characters; nil means none.
  public var watermark: String?
  /// Whether the model's safety checker, if it has one, looks at the pictures; nil means it does.
  ///
  /// Who runs the service decides, not its users.
  public var safetyChecker: Bool?

  /// An autoencoder's file name; nil means the model's own.
  public var vae: String?
  /// The size the first noise is drawn at and put into the middle from, in pixels; nil means the picture's.
  public var seedResizeWidth: Int?, seedResizeHeight: Int?
  /// The lowest and highest σ of schedules that are lists of σ, and the ρ of `karras` and `polyexponential`; nil means
  /// the model's and the schedule's own.
  public var scheduleSigmaMinimum: Double?, scheduleSigmaMaximum: Double?, scheduleRho: Double?

  /// The picture to start from and the one that says where to change it (white), by the names their owner has
  /// for them: uploads or earlier pictures.
  public var initImage: String?, mask: String?
  /// What those names meant when the request was taken.
  public var initImageFile: PictureReference?, maskFile: PictureReference?
  /// How much is made anew, 0…1: the share of the steps that are run; nil means 0.75.
  public var strength: Double?
  /// How the source comes to width × height; nil means `resize`.
  public var resizeMode: ResizeMode?
  /// Deviation in pixels by which the mask is blurred, 0…64; nil means 4.
  public var maskBlur: Int?
  /// Whether what the mask leaves out is made anew instead.
  public var maskInvert: Bool?
  /// What stands under the mask at first; nil means `original`.
  public var inpaintFill: InpaintFill?
  /// What the model is given; nil means `whole`.
  public var inpaintArea: InpaintArea?
  /// Pixels around the mask that the model is given with `masked`; nil means 32.
  public var maskPadding: Int?
  /// Pixels the picture grows by on each side before it is painted on; nil means none.
  public var outpaintLeft: Int?, outpaintTop: Int?, outpaintRight: Int?, outpaintBottom: Int?

  /// Loopback: each picture but the first starts from the one before, and the strength follows this curve; nil: all start
  /// from the same.
  public var loopback: LoopbackCurve?
  /// The strength of the last picture of a loopback, 0…1; nil means 0.5.
  public var loopbackStrength: Double?

  /// Whether opposite edges meet, so that copies side by side make a pattern; nil means no.
  public var tiling: Bool?
  /// Hires fix: how much larger a second pass makes the picture, 1…4; nil: there is none.
  public var hiresScale: Double?
  /// What enlarges it between the passes, by A1111's name; nil means `Latent`.
  public var hiresUpscaler: String?
  /// Steps of the second pass; nil and 0 mean as many as of the first.
  public var hiresSteps: Int?
  /// How much the second pass makes anew, 0…1; nil means 0.7.
  public var hiresStrength: Double?
  /// Sampler, schedule and prompts of the second pass; nil means the first one's.
  public var hiresSampler: String?, hiresSchedule: String?, hiresPrompt: String?, hiresNegativePrompt: String?

  /// Of `upscale`: what enlarges the picture, and how many times; nil means `Lanczos` and 2.
  public var upscaler: String?
  /// 1…8.
  public var upscaleBy: Double?

  /// Makes a request from values already checked.
  public init(
    mode: GenerationMode = .txt2img, prompt: String, negativePrompt: String = "", model: String,
    sampler: String, schedule: String = "automatic", steps: Int, guidanceScale: Double, width: Int,
    height: Int, batchCount: Int = 1, seed: Int64, eta: Double? = nil, clipSkip: Int? = nil,
    emphasis: EmphasisMode? = nil
  ) {
    self.mode = mode
    self.prompt = prompt
    self.negativePrompt = negativePrompt
    self.model = model
    self.sampler = sampler
    self.schedule = schedule
    self.steps = steps
    self.guidanceScale = guidanceScale
    self.width = width
    self.height = height
    self.batchCount = batchCount
    self.seed = seed
    self.eta = eta
    self.clipSkip = clipSkip
    self.emphasis = emphasis
  }

  /// The seed picture `index` is known by.
  public func seed(ofPicture index: Int) -> Int64 { isVaried ? seed : seed &+ Int64(index) }

  /// The variation seed of picture `index`; nil where there is no variation.
  public func variationSeed(ofPicture index: Int) -> Int64? {
    isVaried ? (variationSeed ?? 0) &+ Int64(index) : nil
  }

  /// Bytes of a watermark: shorter ones would be found in pictures that have none.
  public static let watermarkLengths = 6...32

  private var isVaried: Bool { (variationStrength ?? 0) != 0 }

  /// The JSON names of what a client may set; what follows from that is not among them.
  public static let settings = CodingKeys.allCases.filter {
    ![.initImageFile, .maskFile, .safetyChecker].contains($0)
  }

  /// The JSON names.
  public enum CodingKeys: String, CodingKey, CaseIterable {
    case mode, prompt, model, sampler, schedule, steps, width, height, seed, eta, emphasis, vae
    case watermark
    case safetyChecker = "safety_checker"
    case negativePrompt = "negative_prompt"
    case guidanceScale = "guidance_scale"
    case batchCount = "batch_count"
    case clipSkip = "clip_skip"
    case noiseSource = "noise_source"
    case variationSeed = "variation_seed"
    case variationStrength = "variation_strength"
    case seedDelta = "seed_delta"
    case sigmaChurn = "sigma_churn"
    case sigmaMinimum = "sigma_tmin"
    case sigmaMaximum = "sigma_tmax"
    case sigmaNoise = "sigma_noise"
    case mask, strength, tiling, upscaler
    case upscaleBy = "upscale_by"
    case hiresScale = "hires_scale"
    case hiresUpscaler = "hires_upscaler"
    case hiresSteps = "hires_steps"
    case hiresStrength = "hires_strength"
    case hiresSampler = "hires_sampler"
    case hiresSchedule = "hires_schedule"
    case hiresPrompt = "hires_prompt"
    case hiresNegativePrompt = "hires_negative_prompt"
    case loopback
    case loopbackStrength = "loopback_strength"
    case initImage = "init_image"
    case initImageFile = "init_image_file"
    case maskFile = "mask_file"
    case resizeMode = "resize_mode"
    case maskBlur = "mask_blur"
    case maskInvert = "mask_invert"
    case inpaintFill = "inpaint_fill"
    case inpaintArea = "inpaint_area"
    case maskPadding = "mask_padding"
    case outpaintLeft = "outpaint_left"
    case outpaintTop = "outpaint_top"
    case outpaintRight = "outpaint_right"
    case outpaintBottom = "outpaint_bottom"
    case seedResizeWidth = "seed_resize_from_w"
    case seedResizeHeight = "seed_resize_from_h"
    case scheduleSigmaMinimum = "schedule_sigma_min"
    case scheduleSigmaMaximum = "schedule_sigma_max"
    case scheduleRho = "schedule_rho"
  }
}
