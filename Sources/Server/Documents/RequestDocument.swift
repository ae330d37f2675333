import Generation

/// A resolved request as clients see it.
///
/// The same members as `GenerationRequest`, but a seed that a JavaScript number cannot hold is a
/// string of digits, so that a page never shows another seed than the one used.
struct RequestDocument: Encodable, Sendable {
  var request: GenerationRequest

  func encode(to encoder: any Encoder) throws {
    try request.encode(to: encoder)
    // Written over what the request itself said.
    var container = encoder.container(keyedBy: GenerationRequest.CodingKeys.self)
    try container.encode(SeedDocument(request.seed), forKey: .seed)
    try container.encodeIfPresent(request.variationSeed.map(SeedDocument.init), forKey: .variationSeed)
  }
}
