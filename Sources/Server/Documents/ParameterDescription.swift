import Generation

/// One setting of a request, described so that a form can be built from it.
struct ParameterDescription: Encodable, Hashable, Sendable {
  /// What a setting holds.
  enum Kind: String, Encodable, Sendable {
    case string, integer, number, choice, boolean, list
    /// The name of an upload or of an earlier picture.
    case picture
  }

  /// The JSON name in a request.
  var name: String
  var type: Kind
  var minimum: Double?
  var maximum: Double?
  var step: Double?
  /// Most bytes of UTF-8 of a string.
  var maxBytes: Int?
  /// Whether a request must have it.
  var required = false
  var defaultValue: DefaultValue?
  /// What a choice can be, where no other list says so.
  var choices: [String]?

  enum CodingKeys: String, CodingKey {
    case name, type, step, required, choices
    case minimum = "min"
    case maximum = "max"
    case maxBytes = "max_bytes"
    case defaultValue = "default"
  }
}

extension ParameterDescription {
  /// Every setting of a request, with `limits` as ranges and `defaults` as values.
  static func all(limits: Limits, model: ModelDescription?) -> [ParameterDescription] {
    let defaults = model?.defaults
    return [
      ParameterDescription(name: "prompt", type: .string, maxBytes: limits.promptBytes, required: true),
      ParameterDescription(
        name: "negative_prompt", type: .string, maxBytes: limits.promptBytes, defaultValue: .string("")),
      choice("mode", GenerationMode.txt2img.rawValue),
      choice("model", model?.name),
      choice("sampler", defaults?.sampler),
      choice("schedule", defaults?.schedule),
      integer("steps", limits.minSteps, limits.maxSteps, defaults?.steps),
      ParameterDescription(
        name: "guidance_scale", type: .number, minimum: limits.minGuidanceScale,
        maximum: limits.maxGuidanceScale, step: 0.1,
        defaultValue: defaults.map { .number($0.guidanceScale) }),
      integer("width", limits.minSide, limits.maxSide, defaults?.width, step: limits.sideMultiple),
      integer("height", limits.minSide, limits.maxSide, defaults?.height, step: limits.sideMultiple),
      integer("batch_count", 1, limits.maxBatchCount, 1),
      ParameterDescription(
        name: "seed", type: .integer, minimum: -1, maximum: Double(limits.maxSeed), step: 1,
        defaultValue: .integer(-1)),
      ParameterDescription(name: "eta", type: .number, minimum: 0, maximum: 1, step: 0.05),
      integer("clip_skip", 1, 12, nil),
      choice("emphasis", EmphasisMode.original.rawValue),
      choice("vae", nil),
      ParameterDescription(
        name: "watermark", type: .string, maxBytes: GenerationRequest.watermarkLengths.upperBound),
      ParameterDescription(name: "styles", type: .list),
    ] + noise(limits) + pictures(limits) + hires(limits, model)
  }

  /// Where noise comes from and what is added to it.
  private static func noise(_ limits: Limits) -> [ParameterDescription] {
    [
      ParameterDescription(
        name: "noise_source", type: .choice, defaultValue: .string(NoiseKind.cpu.rawValue),
        choices: NoiseKind.allCases.map(\.rawValue)),
      ParameterDescription(name: "variation_strength", type: .number, minimum: 0, maximum: 1, step: 0.01),
      ParameterDescription(
        name: "variation_seed", type: .integer, minimum: -1, maximum: Double(limits.maxSeed), step: 1),
      integer("seed_delta", -Int(limits.maxSeedDelta), Int(limits.maxSeedDelta), nil),
      number("sigma_churn", limits.maxSigmaChurn), number("sigma_tmin", limits.maxSigma),
      number("sigma_tmax", limits.maxSigma), number("sigma_noise", limits.maxSigmaNoise),
      integer("seed_resize_from_w", -1, limits.maxSide, nil),
      integer("seed_resize_from_h", -1, limits.maxSide, nil),
      number("schedule_sigma_min", limits.maxSigma), number("schedule_sigma_max", limits.maxSigma),
      number("schedule_rho", limits.maxScheduleRho),
    ]
  }

  /// What a picture starts from and where it changes.
  private static func pictures(_ limits: Limits) -> [ParameterDescription] {
    let growth = ["outpaint_left", "outpaint_top", "outpaint_right", "outpaint_bottom"]
    return [
      ParameterDescription(name: "init_image", type: .picture),
      ParameterDescription(name: "mask", type: .picture),
      number("strength", 1, 0.75), choice("resize_mode", ResizeMode.self, .resize),
      ParameterDescription(
        name: "loopback", type: .choice, choices: LoopbackCurve.allCases.map(\.rawValue)),
      number("loopback_strength", 1, 0.5),
      integer("mask_blur", 0, limits.maxMaskBlur, 4), boolean("mask_invert"),
      choice("inpaint_fill", InpaintFill.self, .original), choice("inpaint_area", InpaintArea.self, .whole),
      integer("mask_padding", 0, limits.maxMaskPadding, 32, step: 4),
    ] + growth.map { integer($0, 0, limits.maxOutpaint, 0, step: 8) }
  }

  /// Tiling and the second pass.
  private static func hires(_ limits: Limits, _ model: ModelDescription?) -> [ParameterDescription] {
    [
      boolean("tiling"),
      ParameterDescription(
        name: "hires_scale", type: .number, minimum: 1, maximum: limits.maxHiresScale, step: 0.05),
      choice("hires_upscaler", "Latent"), integer("hires_steps", 0, limits.maxSteps, 0),
      number("hires_strength", 1, 0.7), choice("hires_sampler", nil), choice("hires_schedule", nil),
      choice("upscaler", "Lanczos"),
      ParameterDescription(
        name: "upscale_by", type: .number, minimum: 1, maximum: limits.maxUpscale, step: 0.05,
        defaultValue: .number(2)),
      ParameterDescription(name: "hires_prompt", type: .string, maxBytes: limits.promptBytes),
      ParameterDescription(name: "hires_negative_prompt", type: .string, maxBytes: limits.promptBytes),
    ]
  }

  private static func boolean(_ name: String) -> ParameterDescription {
    ParameterDescription(name: name, type: .boolean, defaultValue: .bool(false))
  }

  private static func choice<Choice: CaseIterable & RawRepresentable<String>>(
    _ name: String, _: Choice.Type, _ value: Choice
  ) -> ParameterDescription {
    ParameterDescription(
      name: name, type: .choice, defaultValue: .string(value.rawValue),
      choices: Choice.allCases.map(\.rawValue))
  }

  private static func number(
    _ name: String, _ maximum: Double, _ value: Double? = nil
  ) -> ParameterDescription {
    ParameterDescription(
      name: name, type: .number, minimum: 0, maximum: maximum, step: 0.01,
      defaultValue: value.map { .number($0) })
  }

  private static func choice(_ name: String, _ value: String?) -> ParameterDescription {
    ParameterDescription(name: name, type: .choice, defaultValue: value.map { .string($0) })
  }

  private static func integer(
    _ name: String, _ minimum: Int, _ maximum: Int, _ value: Int?, step: Int = 1
  ) -> ParameterDescription {
    ParameterDescription(
      name: name, type: .integer, minimum: Double(minimum), maximum: Double(maximum), step: Double(step),
      defaultValue: value.map { .integer($0) })
  }
}
