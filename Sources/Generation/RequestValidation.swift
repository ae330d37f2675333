extension Limits {
  /// Checks every range of a request whose seed is already resolved.
  ///
  /// Names (model, sampler, schedule) are not looked at: see `SamplerChoice` and `NameLookup`.
  /// - Throws: `UserError` with code `prompt_too_long`, `out_of_range` or `not_a_multiple`; its `field` is
  ///   the JSON name of the first field at fault.
  public func check(_ request: GenerationRequest) throws(UserError) {
    try checkPrompt(request.prompt, .prompt)
    try checkPrompt(request.negativePrompt, .negativePrompt)
    try checkRange(request.steps, minSteps...maxSteps, .steps)
    try checkRange(request.guidanceScale, minGuidanceScale...maxGuidanceScale, .guidanceScale)
    try checkSide(request.width, .width)
    try checkSide(request.height, .height)
    try checkPixels(width: request.width, height: request.height)
    try checkRange(request.batchCount, 1...maxBatchCount, .batchCount)
    try checkSeed(request.seed, .seed, batchCount: request.batchCount)
    if let eta = request.eta { try checkRange(eta, 0...1, .eta) }
    if let clipSkip = request.clipSkip { try checkRange(clipSkip, 1...12, .clipSkip) }
    try checkNoise(request)
    try checkPictures(request)
    if let watermark = request.watermark { try Self.checkWatermark(watermark) }
  }

  /// Checks a text to hide in pictures.
  /// - Throws: `UserError` `unusable_watermark`.
  public static func checkWatermark(_ text: String) throws(UserError) {
    let lengths = GenerationRequest.watermarkLengths
    guard lengths.contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
      throw UserError(
        code: "unusable_watermark",
        message: "watermark must be \(lengths.lowerBound) to \(lengths.upperBound) printable characters of "
          + "ASCII; got \(text.utf8.count) bytes",
        field: GenerationRequest.CodingKeys.watermark.rawValue)
    }
  }

  private func checkNoise(_ request: GenerationRequest) throws(UserError) {
    if let seed = request.variationSeed {
      try checkSeed(seed, .variationSeed, batchCount: request.batchCount)
    }
    if let delta = request.seedDelta { try checkRange(delta, -maxSeedDelta...maxSeedDelta, .seedDelta) }
    let ranges: [(Double?, ClosedRange<Double>, GenerationRequest.CodingKeys)] = [
      (request.variationStrength, 0...1, .variationStrength),
      (request.sigmaChurn, 0...maxSigmaChurn, .sigmaChurn),
      (request.sigmaMinimum, 0...maxSigma, .sigmaMinimum),
      (request.sigmaMaximum, lowest(request.sigmaMinimum)...maxSigma, .sigmaMaximum),
      (request.sigmaNoise, 0...maxSigmaNoise, .sigmaNoise),
      (request.scheduleSigmaMinimum, 0...maxSigma, .scheduleSigmaMinimum),
      (
        request.scheduleSigmaMaximum, lowest(request.scheduleSigmaMinimum)...maxSigma, .scheduleSigmaMaximum
      ),
      (request.scheduleRho, 0...maxScheduleRho, .scheduleRho),
    ]
    for (side, field) in [
      (request.seedResizeWidth, GenerationRequest.CodingKeys.seedResizeWidth),
      (request.seedResizeHeight, .seedResizeHeight),
    ] {
      if let side { try checkRange(side, 0...maxSide, field) }
    }
    for (value, range, field) in ranges {
      if let value { try checkRange(value, range, field) }
    }
  }

  /// Where the upper end of a range of σ begins; what is out of range itself is refused by its own field.
  private func lowest(_ minimum: Double?) -> Double { max(0, min(minimum ?? 0, maxSigma)) }

  func checkPrompt(_ text: String, _ field: GenerationRequest.CodingKeys) throws(UserError) {
    try checkPromptBytes(text.utf8.count, field)
  }

  func checkPromptBytes(_ bytes: Int, _ field: GenerationRequest.CodingKeys) throws(UserError) {
    guard bytes <= promptBytes else {
      throw UserError(
        code: "prompt_too_long",
        message: "\(field.rawValue) must be at most \(promptBytes) bytes of UTF-8; got \(bytes)",
        field: field.rawValue)
    }
  }

  /// A comparison with NaN is false, so NaN is out of every range.
  func checkRange<Value: Comparable>(
    _ value: Value, _ range: ClosedRange<Value>, _ field: GenerationRequest.CodingKeys
  ) throws(UserError) {
    guard range.contains(value) else {
      throw UserError(
        code: "out_of_range",
        message:
          "\(field.rawValue) must be between \(range.lowerBound) and \(range.upperBound); got \(value)",
        field: field.rawValue)
    }
  }

  private func checkSide(_ side: Int, _ field: GenerationRequest.CodingKeys) throws(UserError) {
    try checkRange(side, minSide...maxSide, field)
    guard side.isMultiple(of: sideMultiple) else {
      throw UserError(
        code: "not_a_multiple",
        message: "\(field.rawValue) must be a multiple of \(sideMultiple); got \(side)",
        field: field.rawValue)
    }
  }

  private func checkPixels(width: Int, height: Int) throws(UserError) {
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= maxPixels else {
      throw UserError(
        code: "out_of_range",
        message: "width times height must be at most \(maxPixels) pixels; got \(width)x\(height)",
        field: GenerationRequest.CodingKeys.height.rawValue)
    }
  }

  /// Picture i uses seed + i, so the last picture's seed must be in range too.
  private func checkSeed(
    _ seed: Int64, _ field: GenerationRequest.CodingKeys, batchCount: Int
  ) throws(UserError) {
    let greatest = maxSeed - Int64(batchCount - 1)
    guard seed >= 0, seed <= greatest else {
      throw UserError(
        code: "out_of_range",
        message: "\(field.rawValue) must be between 0 and \(greatest); got \(seed)",
        field: field.rawValue)
    }
  }
}
