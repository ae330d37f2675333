import Generation

/// A resolved request as clients see it.
///
/// The same members as `GenerationRequest`, but a seed that a JavaScript number cannot hold is a
/// string of digits, so that a page never shows another seed than the one used.
struct RequestDocument: Encodable, Sendable {
  var request: GenerationRequest

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: GenerationRequest.CodingKeys.self)
    try container.encode(request.mode, forKey: .mode)
    try container.encode(request.prompt, forKey: .prompt)
    try container.encode(request.negativePrompt, forKey: .negativePrompt)
    try container.encode(request.model, forKey: .model)
    try container.encode(request.sampler, forKey: .sampler)
    try container.encode(request.schedule, forKey: .schedule)
    try container.encode(request.steps, forKey: .steps)
    try container.encode(request.guidanceScale, forKey: .guidanceScale)
    try container.encode(request.width, forKey: .width)
    try container.encode(request.height, forKey: .height)
    try container.encode(request.batchCount, forKey: .batchCount)
    try container.encode(SeedDocument(request.seed), forKey: .seed)
    try container.encodeIfPresent(request.eta, forKey: .eta)
    try container.encodeIfPresent(request.clipSkip, forKey: .clipSkip)
    try container.encodeIfPresent(request.emphasis, forKey: .emphasis)
    try container.encodeIfPresent(request.noiseSource, forKey: .noiseSource)
    try container.encodeIfPresent(request.variationSeed.map(SeedDocument.init), forKey: .variationSeed)
    try container.encodeIfPresent(request.variationStrength, forKey: .variationStrength)
    try container.encodeIfPresent(request.seedDelta, forKey: .seedDelta)
    try container.encodeIfPresent(request.sigmaChurn, forKey: .sigmaChurn)
    try container.encodeIfPresent(request.sigmaMinimum, forKey: .sigmaMinimum)
    try container.encodeIfPresent(request.sigmaMaximum, forKey: .sigmaMaximum)
    try container.encodeIfPresent(request.sigmaNoise, forKey: .sigmaNoise)
  }
}
