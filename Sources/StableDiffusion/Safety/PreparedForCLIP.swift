import Checkpoints
import Pictures

/// A picture as CLIP sees it: `CLIPImageProcessor` of transformers.
enum PreparedForCLIP {
  /// The picture's middle at the size the configuration says, [3, side, side], normalised.
  /// - Throws: `CheckpointError.unsupported` for a filter that is not known.
  static func pixels(_ picture: Picture, _ config: PictureProcessorConfig) throws(CheckpointError) -> [Float]
  {
    guard let filter = filters[config.filter] else {
      throw .unsupported(
        file: "feature_extractor/preprocessor_config.json", key: "resample", found: "\(config.filter)",
        expected: "a filter of Pillow, 0 to 4")
    }
    let (short, long) = (min(picture.width, picture.height), max(picture.width, picture.height))
    let longSide = config.shortestSide * long / max(short, 1)
    let isWide = picture.width > picture.height
    let resized = picture.resized(
      width: isWide ? longSide : config.shortestSide, height: isWide ? config.shortestSide : longSide, filter)
    let (left, top) = ((resized.width - config.cropSide) / 2, (resized.height - config.cropSide) / 2)
    let middle = resized.cropped(
      PixelBox(left: left, top: top, right: left + config.cropSide, bottom: top + config.cropSide))
    return (0..<3).flatMap { channel in
      stride(from: channel, to: middle.rgb.count, by: 3).map { place in
        (Float(middle.rgb[place]) / 255 - config.mean[channel]) / config.deviation[channel]
      }
    }
  }

  /// Pillow's numbers of its filters.
  private static let filters: [Int: ResampleFilter] = [
    0: .nearest, 1: .lanczos, 2: .bilinear, 3: .bicubic, 4: .box,
  ]
}
