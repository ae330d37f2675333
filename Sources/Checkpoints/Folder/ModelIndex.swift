/// What `model_index.json` says that matters here: which pipeline the folder is.
struct ModelIndex: Decodable {
  /// Pipelines whose components are SD 1.x's and 2.x's.
  static let supported = [
    "StableDiffusionPipeline", "StableDiffusionImg2ImgPipeline", "StableDiffusionInpaintPipeline",
  ]

  let className: String

  enum CodingKeys: String, CodingKey {
    case className = "_class_name"
  }
}
