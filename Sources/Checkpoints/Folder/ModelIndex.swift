/// What `model_index.json` says that matters here: which pipeline the folder is.
struct ModelIndex: Decodable {
  /// Pipelines whose components are SD 1.x's and 2.x's, or SDXL's.
  static let supported = [
    "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline",
    "StableDiffusionXLPipeline", "StableDiffusionXLImg2ImgPipeline", "StableDiffusionXLInpaintPipeline",
  ]

  let className: String
  /// Whether an empty negative prompt is zeros and not the text encoders' states of no words; absent: true.
  let zeroesEmptyPrompt: Bool?
  /// Library and class of the safety checker, both null where it was left out on purpose.
  let safetyChecker: [String?]?

  enum CodingKeys: String, CodingKey {
    case className = "_class_name"
    case zeroesEmptyPrompt = "force_zeros_for_empty_prompt"
    case safetyChecker = "safety_checker"
  }
}
