/// What is done to a picture before CLIP sees it: `feature_extractor/preprocessor_config.json` as transformers'
/// `CLIPImageProcessor` reads it.
public struct PictureProcessorConfig: Decodable, Equatable, Sendable {
  /// Pixels of the shorter side after the change of size.
  public let shortestSide: Int
  /// Pixels of a side of the square cut out of the middle.
  public let cropSide: Int
  /// Pillow's number of the filter: 3 is bicubic.
  public let filter: Int
  /// What is subtracted from each colour of 0…1, and what it is divided by.
  public let mean: [Float], deviation: [Float]

  /// Side and crop in either spelling: a number, or `{"shortest_edge": n}` and `{"height": n, "width": n}`.
  private struct Side: Decodable {
    let pixels: Int

    init(from decoder: any Decoder) throws {
      if let number = try? decoder.singleValueContainer().decode(Int.self) {
        pixels = number
        return
      }
      let sides = try [String: Int](from: decoder)
      guard let first = sides.values.first, sides.values.allSatisfy({ $0 == first }) else {
        throw DecodingError.dataCorrupted(
          DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "sides that differ"))
      }
      pixels = first
    }
  }

  /// Reads and checks the file; throws `CheckpointError.unsupported` naming what it cannot do.
  public init(from decoder: any Decoder) throws {
    let reader = try ConfigurationReader(decoder)
    for key in ["do_resize", "do_center_crop", "do_rescale", "do_normalize"] {
      try reader.require(key, in: [true])
    }
    shortestSide = try reader.value("size", as: Side.self)?.pixels ?? 224
    cropSide = try reader.value("crop_size", as: Side.self)?.pixels ?? 224
    filter = try reader.value("resample", or: 3)
    mean = try reader.value("image_mean", or: Self.clip.mean)
    deviation = try reader.value("image_std", or: Self.clip.deviation)
    try reader.requireSizes("size", [shortestSide], limit: 4096)
    try reader.requireSizes("crop_size", [cropSide], limit: shortestSide)
    guard mean.count == 3, deviation.count == 3, deviation.allSatisfy({ $0.isFinite && $0 > 0 }) else {
      throw reader.unsupported("image_std", found: "\(deviation)", expected: "three numbers above 0")
    }
  }

  private init(side: Int) {
    (shortestSide, cropSide, filter) = (side, side, 3)
    (mean, deviation) = (Self.clip.mean, Self.clip.deviation)
  }

  /// CLIP's own processing to pictures of a size.
  static func clip(side: Int) -> PictureProcessorConfig { PictureProcessorConfig(side: side) }

  /// Means and deviations of the pictures CLIP was trained with (Radford 2021's code).
  private static let clip: (mean: [Float], deviation: [Float]) = (
    [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
  )
}
