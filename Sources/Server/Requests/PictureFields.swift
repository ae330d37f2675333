import Generation

/// The members of a request about pictures to start from, tiling and the second pass.
struct PictureFields {
  private let fields: RequestFields
  private let limits: Limits
  private let offers: WorkerOffers

  init(_ fields: RequestFields, _ limits: Limits, _ offers: WorkerOffers) {
    self.fields = fields
    self.limits = limits
    self.offers = offers
  }

  /// The names of pictures in a body, which only the store can explain, by member.
  static func names(in body: [UInt8]) throws(APIError) -> [String: String] {
    let fields = RequestFields(try JSONBody.object(body))
    var names: [String: String] = [:]
    for key in [GenerationRequest.CodingKeys.initImage, .mask] where fields.isGiven(key.rawValue) {
      names[key.rawValue] = try fields.string(key.rawValue)
    }
    return names
  }

  /// Puts the members into `request`; every one is optional, `null` means it is not there.
  func apply(
    to request: inout GenerationRequest, pictures: [String: PictureReference], model: ModelDescription
  ) throws(APIError) {
    (request.initImage, request.initImageFile) = try picture(.initImage, pictures)
    (request.mask, request.maskFile) = try picture(.mask, pictures)
    request.strength = try number(.strength, 0...1)
    if request.mode.needsPicture, request.strength == nil { request.strength = 0.75 }
    request.resizeMode = try choice(.resizeMode)
    request.loopback = try choice(.loopback)
    request.loopbackStrength = try number(.loopbackStrength, 0...1)
    request.maskBlur = try integer(.maskBlur, limits.maxMaskBlur)
    request.maskInvert = try bool(.maskInvert)
    request.inpaintFill = try choice(.inpaintFill)
    request.inpaintArea = try choice(.inpaintArea)
    request.maskPadding = try integer(.maskPadding, limits.maxMaskPadding)
    request.outpaintLeft = try integer(.outpaintLeft, limits.maxOutpaint)
    request.outpaintTop = try integer(.outpaintTop, limits.maxOutpaint)
    request.outpaintRight = try integer(.outpaintRight, limits.maxOutpaint)
    request.outpaintBottom = try integer(.outpaintBottom, limits.maxOutpaint)
    fitSize(&request, model)
    request.tiling = try bool(.tiling)
    try addHires(to: &request)
    request.upscaleBy = try number(.upscaleBy, 1...limits.maxUpscale)
    if let name = try text(.upscaler) { request.upscaler = try upscaler(name, .upscaler) }
    if request.mode == .upscale { request.batchCount = 1 }
  }

  private func addHires(to request: inout GenerationRequest) throws(APIError) {
    request.hiresScale = try number(.hiresScale, 1...limits.maxHiresScale)
    request.hiresSteps = try integer(.hiresSteps, limits.maxSteps)
    request.hiresStrength = try number(.hiresStrength, 0...1)
    request.hiresPrompt = try text(.hiresPrompt)
    request.hiresNegativePrompt = try text(.hiresNegativePrompt)
    if let name = try text(.hiresUpscaler) { request.hiresUpscaler = try upscaler(name, .hiresUpscaler) }
    let (sampler, schedule) = (try text(.hiresSampler), try text(.hiresSchedule))
    guard sampler != nil || schedule != nil else { return }
    do {
      let choice = try SamplerChoice(
        sampler: sampler ?? request.sampler, schedule: schedule, samplers: offers.samplers,
        schedules: offers.schedules)
      request.hiresSampler = sampler == nil ? nil : choice.sampler
      request.hiresSchedule = choice.schedule
    } catch {
      let field = error.field == "schedule" ? "hires_schedule" : "hires_sampler"
      throw .invalid(UserError(code: error.code, message: error.message, field: field))
    }
  }

  private func upscaler(
    _ name: String, _ key: GenerationRequest.CodingKeys
  ) throws(APIError) -> String {
    // Latents are enlarged between two passes only.
    let names = offers.upscalers.filter { key != .upscaler || !$0.hasPrefix("Latent") }
    do { return try NameLookup.upscaler(name, in: names, field: key) } catch { throw .invalid(error) }
  }

  /// Where the body says nothing of the size, the source's shape in about as many pixels as suit the model.
  private func fitSize(_ request: inout GenerationRequest, _ model: ModelDescription) {
    guard let canvas = request.canvasSize, request.inpaintArea != .masked, !fields.isGiven("width"),
      !fields.isGiven("height")
    else { return }
    let area = Double(model.defaults.width * model.defaults.height)
    let scale = (area / Double(canvas.width * canvas.height)).squareRoot()
    func side(_ length: Int) -> Int {
      let multiple = limits.sideMultiple
      let wanted = Int((Double(length) * scale / Double(multiple)).rounded()) * multiple
      let least = (limits.minSide + multiple - 1) / multiple * multiple
      return min(max(wanted, least), limits.maxSide / multiple * multiple)
    }
    (request.width, request.height) = (side(canvas.width), side(canvas.height))
  }

  // MARK: - By kind

  private func picture(
    _ key: GenerationRequest.CodingKeys, _ pictures: [String: PictureReference]
  ) throws(APIError) -> (String?, PictureReference?) {
    guard fields.isGiven(key.rawValue), let name = try fields.string(key.rawValue) else { return (nil, nil) }
    // Another user's picture is as unknown as one that never was.
    guard let file = pictures[name] else {
      throw .invalid(
        "unknown_picture", "\(key.rawValue) must be the id of one of your uploads or pictures",
        field: key.rawValue)
    }
    return (name, file)
  }

  private func text(_ key: GenerationRequest.CodingKeys) throws(APIError) -> String? {
    guard fields.isGiven(key.rawValue), let text = try fields.string(key.rawValue) else { return nil }
    return text.isEmpty ? nil : text
  }

  private func number(
    _ key: GenerationRequest.CodingKeys, _ range: ClosedRange<Double>
  ) throws(APIError) -> Double? {
    fields.isGiven(key.rawValue) ? try fields.double(key.rawValue, range) : nil
  }

  private func integer(_ key: GenerationRequest.CodingKeys, _ most: Int) throws(APIError) -> Int? {
    fields.isGiven(key.rawValue) ? try fields.integer(key.rawValue, 0...most) : nil
  }

  private func bool(_ key: GenerationRequest.CodingKeys) throws(APIError) -> Bool? {
    fields.isGiven(key.rawValue) ? try fields.bool(key.rawValue) : nil
  }

  private func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: GenerationRequest.CodingKeys
  ) throws(APIError) -> Choice? {
    guard fields.isGiven(key.rawValue), let text = try fields.string(key.rawValue) else { return nil }
    if let choice = Choice(rawValue: text.lowercased()) { return choice }
    throw .invalid(
      "unknown_\(key.rawValue)",
      "unknown \(key.rawValue) '\(JSONValue.shortened(text))'; expected one of: "
        + Choice.allCases.map(\.rawValue).joined(separator: ", "), field: key.rawValue)
  }
}
