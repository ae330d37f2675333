import FoundationEssentials
public import Generation

/// What is written into a picture: how it was made, for other programs and for this one.
public enum PictureMetadata {
  /// The texts of picture `index` of a request: `parameters`, which A1111 and its readers understand, and
  /// `atelier`, the complete request of this one picture as JSON with sorted keys.
  /// - Parameters:
  ///   - model: The model that made it; its hash is left out while it is unknown.
  ///   - extras: What else it was made with.
  ///   - safety: What the safety checker made of it.
  public static func texts(
    _ request: GenerationRequest, image index: Int, model: ModelDescription, extras: [HashedExtra] = [],
    safety: SafetyVerdict? = nil
  ) -> [PictureText] {
    let single = single(request, index)
    let text = Infotext.text(single, model: model, extras: extras, safety: safety)
    return [PictureText(keyword: "parameters", text: text)] + complete(Record(single, safety))
  }

  /// The request, and beside it what is known only of the finished picture.
  private struct Record: Encodable {
    let request: GenerationRequest
    let verdict: SafetyVerdict?

    init(_ request: GenerationRequest, _ verdict: SafetyVerdict?) {
      (self.request, self.verdict) = (request, verdict)
    }

    enum CodingKeys: String, CodingKey {
      /// diffusers' name of it.
      case isFlagged = "nsfw_content_detected"
    }

    func encode(to encoder: any Encoder) throws {
      try request.encode(to: encoder)
      guard let verdict, verdict != .off else { return }
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(verdict == .flagged, forKey: .isFlagged)
    }
  }

  /// The texts of an enlarged picture: `postprocessing`, A1111's, and `atelier`.
  public static func texts(enlarged request: GenerationRequest) -> [PictureText] {
    let single = single(request, 0)
    return [PictureText(keyword: "postprocessing", text: Infotext.postprocessing(single))]
      + complete(Record(single, nil))
  }

  private static func complete(_ record: Record) -> [PictureText] {
    var texts: [PictureText] = []
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A request holds finite numbers only, so this fails for none that was made.
    if let json = try? encoder.encode(record) {
      texts.append(PictureText(keyword: "atelier", text: String(decoding: json, as: UTF8.self)))
    }
    return texts
  }

  /// The request that makes picture `index` alone.
  public static func single(_ request: GenerationRequest, _ index: Int) -> GenerationRequest {
    var single = request
    single.seed = request.seed(ofPicture: index)
    single.variationSeed = request.variationSeed(ofPicture: index)
    single.batchCount = 1
    // Names belong to their owner; what they meant stays.
    (single.initImage, single.mask) = (nil, nil)
    return single
  }
}
