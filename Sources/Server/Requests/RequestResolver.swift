import Generation
import Hashes

/// Turns the body of `POST /api/jobs` into a request with every setting resolved.
///
/// What the body leaves out comes from the model's defaults, a random seed is drawn here, and names
/// take the worker's spelling; from then on the request never changes.
struct RequestResolver: Sendable {
  /// Seeds drawn for "random", A1111's range.
  static let randomSeeds: ClosedRange<Int64> = 0...4_294_967_293

  /// A request and what tells it from another.
  struct Resolution: Sendable {
    /// Everything resolved.
    var request: GenerationRequest
    /// SHA-256 of what the client wrote, in one spelling: equal for a retry, also of a random seed.
    var fingerprint: String
  }

  /// Draws what "random" stands for.
  let drawSeed: @Sendable () -> Int64
  private let watermark: String?
  private let safetyChecker: Bool

  /// Makes a resolver that draws random seeds with `drawSeed`.
  /// - Parameters:
  ///   - watermark: What every request gets, whatever it asks for; nil: what it asks for.
  ///   - safetyChecker: Whether models' safety checkers look at pictures.
  init(
    watermark: String? = nil, safetyChecker: Bool = true,
    drawSeed: @escaping @Sendable () -> Int64 = { .random(in: RequestResolver.randomSeeds) }
  ) {
    self.drawSeed = drawSeed
    self.watermark = watermark
    self.safetyChecker = safetyChecker
  }

  /// Resolves `body` against what the workers offer.
  /// - Parameter pictures: What the names in `pictureNames` mean to the caller.
  func resolve(
    _ body: [UInt8], offers: WorkerOffers?, pictures: [String: PictureReference] = [:]
  ) throws(APIError) -> Resolution {
    try resolve(try JSONBody.object(body), offers: offers, pictures: pictures)
  }

  /// Resolves a request's members against what the workers offer.
  func resolve(
    _ object: JSONObject, offers: WorkerOffers?, pictures: [String: PictureReference] = [:]
  ) throws(APIError) -> Resolution {
    let fields = RequestFields(object)
    try fields.checkNames(GenerationRequest.settings.map(\.rawValue) + ["styles"])
    guard let offers else {
      _ = try fields.required("prompt")
      throw Self.noWorker
    }
    let mode = try mode(fields, offers)
    let prompt = try mode == .upscale ? fields.string("prompt") ?? "" : fields.required("prompt")
    let model = try model(fields, offers)
    let limits = offers.limits(for: model.name)
    let names = try sampling(fields, model, offers)
    let (seed, seedLimit) = try seed("seed", fields, limits)
    var request = GenerationRequest(
      mode: mode, prompt: prompt,
      negativePrompt: try fields.string("negative_prompt") ?? "", model: model.name,
      sampler: names.sampler, schedule: names.schedule,
      steps: try fields.integer("steps", limits.minSteps...limits.maxSteps) ?? model.defaults.steps,
      guidanceScale: try fields.double(
        "guidance_scale", limits.minGuidanceScale...limits.maxGuidanceScale)
        ?? model.defaults.guidanceScale,
      width: try side("width", fields, limits) ?? model.defaults.width,
      height: try side("height", fields, limits) ?? model.defaults.height,
      batchCount: try fields.integer("batch_count", 1...limits.maxBatchCount) ?? 1, seed: seed,
      eta: fields.isGiven("eta") ? try fields.double("eta", 0...1) : nil,
      clipSkip: fields.isGiven("clip_skip") ? try fields.integer("clip_skip", 1...12) : nil,
      emphasis: try emphasis(fields))
    try addNoise(fields, limits, to: &request)
    try PictureFields(fields, limits, offers).apply(to: &request, pictures: pictures, model: model)
    try RequestExtras(fields, offers, limits).apply(to: &request)
    let asked = try fields.string("watermark")
    request.watermark = watermark ?? asked
    request.safetyChecker = safetyChecker ? nil : false
    var checked = limits
    checked.maxSeed = seedLimit
    do { try checked.check(request) } catch { throw .invalid(error) }
    return Resolution(request: request, fingerprint: Self.fingerprint(.object(object)))
  }

  /// 503: nothing is known that could make a picture.
  static let noWorker = APIError(
    status: 503,
    error: UserError(
      code: "no_worker", message: "no worker has connected yet, so there is no model to use; try again soon"),
    retryAfterSeconds: 5)

  private func emphasis(_ fields: RequestFields) throws(APIError) -> EmphasisMode? {
    guard fields.isGiven("emphasis"), let text = try fields.string("emphasis") else { return nil }
    if let mode = EmphasisMode.named(text) { return mode }
    let choices = EmphasisMode.allCases.map(\.rawValue).joined(separator: ", ")
    throw .invalid(
      "unknown_emphasis", "unknown emphasis '\(JSONValue.shortened(text))'; expected one of: \(choices)",
      field: "emphasis")
  }

  /// Where noise comes from and what is added: every field is optional, `null` means it is not there.
  private func addNoise(
    _ fields: RequestFields, _ limits: Limits, to request: inout GenerationRequest
  ) throws(APIError) {
    func number(_ name: String, _ range: ClosedRange<Double>) throws(APIError) -> Double? {
      fields.isGiven(name) ? try fields.double(name, range) : nil
    }
    if fields.isGiven("noise_source"), let text = try fields.string("noise_source") {
      guard let kind = NoiseKind(rawValue: text.lowercased()) else {
        let choices = NoiseKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw .invalid(
          "unknown_noise_source",
          "unknown noise_source '\(JSONValue.shortened(text))'; expected one of: \(choices)",
          field: "noise_source")
      }
      request.noiseSource = kind
    }
    request.variationStrength = try number("variation_strength", 0...1)
    if let strength = request.variationStrength, strength != 0 {
      request.variationSeed = try seed("variation_seed", fields, limits).0
    } else {
      // Without effect, and so not kept; but checked all the same.
      _ = try seed("variation_seed", fields, limits)
    }
    let delta = Int(limits.maxSeedDelta)
    if fields.isGiven("seed_delta") {
      request.seedDelta = try fields.integer("seed_delta", -delta...delta).map(Int64.init)
    }
    request.sigmaChurn = try number("sigma_churn", 0...limits.maxSigmaChurn)
    request.sigmaMinimum = try number("sigma_tmin", 0...limits.maxSigma)
    request.sigmaMaximum = try number("sigma_tmax", 0...limits.maxSigma)
    if let high = request.sigmaMaximum, high < request.sigmaMinimum ?? 0 {
      throw .invalid(
        "out_of_range", "sigma_tmax must be at least sigma_tmin; got \(high)", field: "sigma_tmax")
    }
    request.sigmaNoise = try number("sigma_noise", 0...limits.maxSigmaNoise)
  }

  private func mode(_ fields: RequestFields, _ offers: WorkerOffers) throws(APIError) -> GenerationMode {
    guard let text = try fields.string("mode") else { return .txt2img }
    if let mode = GenerationMode(rawValue: text.lowercased()), offers.modes.contains(mode) { return mode }
    let choices = offers.modes.map(\.rawValue).joined(separator: ", ")
    throw .invalid(
      "unknown_mode", "unknown mode '\(JSONValue.shortened(text))'; expected one of: \(choices)",
      field: "mode")
  }

  private func model(
    _ fields: RequestFields, _ offers: WorkerOffers
  ) throws(APIError) -> ModelDescription {
    guard let text = try fields.string("model") else {
      guard let model = offers.models.first else { throw Self.noWorker }
      return model
    }
    do { return try NameLookup.model(text, in: offers.models) } catch { throw .invalid(error) }
  }

  private func sampling(
    _ fields: RequestFields, _ model: ModelDescription, _ offers: WorkerOffers
  ) throws(APIError) -> SamplerChoice {
    let sampler = try fields.string("sampler")
    var schedule = try fields.string("schedule")
    // The model's schedule goes with the model's sampler; "DPM++ 2M Karras" brings its own.
    if sampler == nil, schedule == nil { schedule = model.defaults.schedule }
    do {
      return try SamplerChoice(
        sampler: sampler ?? model.defaults.sampler, schedule: schedule, samplers: offers.samplers,
        schedules: offers.schedules)
    } catch { throw .invalid(error) }
  }

  private func side(
    _ name: String, _ fields: RequestFields, _ limits: Limits
  ) throws(APIError) -> Int? {
    guard let side = try fields.integer(name, limits.minSide...limits.maxSide) else { return nil }
    let multiple = limits.sideMultiple
    guard !side.isMultiple(of: multiple) else { return side }
    let below = side / multiple * multiple
    let above = below + multiple
    let legal = [below, above].filter { (limits.minSide...limits.maxSide).contains($0) }
    // The nearer one first; a tie goes up, no detail is lost that way.
    let nearest = legal.sorted {
      abs($0 - side) == abs($1 - side) ? $0 > $1 : abs($0 - side) < abs($1 - side)
    }
    throw .invalid(
      "not_a_multiple",
      "\(name) must be a multiple of \(multiple); got \(side), the nearest is "
        + nearest.map(String.init).prefix(1).joined(), field: name)
  }

  /// The seed and the greatest one allowed: a seed written as a string may exceed what every JSON
  /// reader keeps exactly.
  private func seed(
    _ name: String, _ fields: RequestFields, _ limits: Limits
  ) throws(APIError) -> (Int64, Int64) {
    guard fields.isGiven(name), let value = fields.value(name) else {
      return (drawSeed(), limits.maxSeed)
    }
    let expected = "an integer between -1 (random) and \(limits.maxSeed), or a string of digits beyond"
    switch value {
    case .number(let number):
      let tooLarge = number.integer == nil && (number.double.map { $0 == $0.rounded() } ?? true)
      guard let seed = number.integer, !number.isNegativeZero else {
        throw fields.wrong(name, expected, value, code: tooLarge ? "out_of_range" : "wrong_type")
      }
      if seed == -1 { return (drawSeed(), limits.maxSeed) }
      guard (0...limits.maxSeed).contains(seed) else {
        throw fields.wrong(name, expected, value, code: "out_of_range")
      }
      return (seed, limits.maxSeed)
    case .string(let text):
      if text == "-1" { return (drawSeed(), limits.maxSeed) }
      let greatest = Int64.max - Int64(limits.maxBatchCount)
      guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        throw fields.wrong(name, expected, value)
      }
      guard let seed = Int64(text), seed <= greatest else {
        throw fields.wrong(name, "at most \(greatest)", value, code: "out_of_range")
      }
      return (seed, max(limits.maxSeed, Int64.max - 1))
    default: throw fields.wrong(name, expected, value)
    }
  }

  static func fingerprint(_ value: JSONValue) -> String {
    SHA256.text(of: Array(value.canonicalText.utf8))
  }
}
