import Checkpoints
import Layers
import Pictures
import Tensors

/// Stable Diffusion's safety checker: compares what CLIP sees in a picture with concepts that are not to be shown.
///
/// Thresholds come with the model. Belongs to its pipeline's thread.
struct SafetyChecker: Sendable {
  /// Cosines of a picture's embedding with those of the concepts, and of the concepts that make the others stricter.
  struct Scores: Equatable, Sendable {
    var concepts: [Float]
    var special: [Float]
  }

  private let tower: VisionTower
  private let filter: PictureProcessorConfig
  /// Unit vectors and thresholds.
  private let concepts: [(vector: [Float], threshold: Float)]
  private let special: [(vector: [Float], threshold: Float)]

  /// How many concepts the model knows: fixed by its training.
  private static let conceptCount = 17, specialCount = 3

  /// Loads it, if the model has one; throws `CheckpointError` or `TensorError`.
  init?(_ model: any ModelSource, backend: Backend) throws {
    guard let config = try model.safetyCheckerConfig() else { return nil }
    filter = try model.pictureProcessorConfig(side: config.vision.pictureSide)
    guard filter.cropSide == config.vision.pictureSide else {
      throw CheckpointError.unsupported(
        file: "feature_extractor/preprocessor_config.json", key: "crop_size", found: "\(filter.cropSide)",
        expected: "\(config.vision.pictureSide), as the safety checker's image_size")
    }
    let weights = try model.weights(of: .safetyChecker)
    tower = try VisionTower(LayerLoader(weights, backend: backend), config)
    func table(_ name: String, _ count: Int) throws(CheckpointError) -> [(vector: [Float], threshold: Float)]
    {
      let width = config.projectionWidth
      let vectors = try weights.tensor(name, shape: [count, width]).floats()
      let thresholds = try weights.tensor(name + "_weights", shape: [count]).floats()
      return (0..<count).map { (Self.unit(vectors[$0 * width..<($0 + 1) * width]), thresholds[$0]) }
    }
    concepts = try table("concept_embeds", Self.conceptCount)
    special = try table("special_care_embeds", Self.specialCount)
    try weights.finish { $0.hasSuffix("embeddings.position_ids") }
  }

  /// Compares a picture.
  func scores(_ picture: Picture) throws -> Scores {
    let prepared = try PreparedForCLIP.pixels(picture, filter)
    let seen = Self.unit(try tower(prepared)[...])
    func cosines(_ table: [(vector: [Float], threshold: Float)]) -> [Float] {
      table.map { row in zip(row.vector, seen).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    return Scores(concepts: cosines(concepts), special: cosines(special))
  }

  /// Whether a picture is not to be shown.
  func flags(_ scores: Scores) -> Bool {
    Self.flags(scores, concepts: concepts.map(\.threshold), special: special.map(\.threshold))
  }

  /// A score is how far a cosine is above its threshold, rounded to thousandths; one special concept above its own
  /// lowers all thresholds that follow by 0.01 (`safety_checker.py` of the original scripts and of diffusers).
  static func flags(_ scores: Scores, concepts: [Float], special: [Float]) -> Bool {
    var adjustment: Float = 0
    func isAbove(_ cosine: Float, _ threshold: Float) -> Bool {
      ((cosine - threshold + adjustment) * 1000).rounded(.toNearestOrEven) > 0
    }
    for (cosine, threshold) in zip(scores.special, special) where isAbove(cosine, threshold) {
      adjustment = 0.01
    }
    return zip(scores.concepts, concepts).contains { isAbove($0, $1) }
  }

  private static func unit(_ vector: ArraySlice<Float>) -> [Float] {
    let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
    return vector.map { Float(Double($0) / max(length, 1e-12)) }
  }
}
