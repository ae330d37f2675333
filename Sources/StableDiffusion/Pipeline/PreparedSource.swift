internal import Checkpoints
public import Generation
internal import Pictures
internal import Tensors

/// A request's source picture, brought to size and encoded once for all pictures of the request.
///
/// Made by `Pipeline.prepare`; belongs to its pipeline's thread.
public final class PreparedSource {
  let frame: SourceFrame
  /// The picture's latents.
  let moments: LatentMoments
  /// Of an inpainting model: the latents of the picture without what is masked.
  let kept: LatentMoments?
  /// The mask's share of each latent; nil where all of them change.
  let mask: [Float]?

  init(frame: SourceFrame, moments: LatentMoments, kept: LatentMoments?, mask: [Float]?) {
    self.frame = frame
    self.moments = moments
    self.kept = kept
    self.mask = mask
  }
}

extension Pipeline {
  /// Encodes what a request starts from; nil for a request that starts from nothing.
  /// - Throws: `UserError` `missing_field` without the picture or mask the mode needs, `no_encoder` when the
  ///   model's autoencoder is only half there; `CheckpointError`, `TensorError`.
  public func prepare(_ request: GenerationRequest, _ inputs: PictureInputs?) throws -> PreparedSource? {
    guard request.mode.needsPicture else { return nil }
    try checkSize(request)
    guard let inputs else { throw Self.missingSource(request.mode) }
    let frame = try SourceFrame(request, inputs)
    let scale = decoder.config.scale
    let picture = frame.picture
    // Only with `latent` the size is not the request's, and then the nearest the autoencoder takes.
    let sized = picture.resized(
      width: Self.rounded(picture.width, scale), height: Self.rounded(picture.height, scale))
    let tiles = request.tiling ?? false
    let values = sized.rgb.map { Float($0) / 127.5 - 1 }
    let encoder = try encoder(for: request)
    let moments = try encode(
      values, width: sized.width, height: sized.height, by: encoder, tiles: tiles)
    var kept: LatentMoments?
    if takesMask {
      kept = try encode(
        Self.without(frame.mask, values), width: sized.width, height: sized.height, by: encoder,
        tiles: tiles)
    }
    return PreparedSource(
      frame: frame, moments: moments, kept: kept, mask: frame.latentMask(scale: scale))
  }

  static func missingSource(_ mode: GenerationMode) -> UserError {
    UserError(
      code: "missing_field", message: "mode '\(mode.rawValue)' starts from a picture; there is none",
      field: "init_image")
  }

  private static func rounded(_ side: Int, _ scale: Int) -> Int {
    max((side + scale / 2) / scale, 1) * scale
  }

  /// Grey where something is to change; all grey without a mask.
  private static func without(_ mask: Mask?, _ values: [Float]) -> [Float] {
    guard let mask else { return [Float](repeating: 0, count: values.count) }
    return values.indices.map { mask.values[$0 / 3] > 127 ? 0 : values[$0] }
  }

  /// The latents' distribution of pixels −1…1.
  func encode(
    _ pixels: [Float], width: Int, height: Int, by encoder: VAEEncoder, tiles: Bool
  ) throws -> LatentMoments {
    let device = decoder.backend
    let picture = try device.tensor(pixels, shape: [1, height, width, 3])
    return try device.wrapping(tiles) { try LatentMoments(encoder.encode(picture)) }
  }

  /// What an inpainting model is told where nothing is kept: mask 1 everywhere and grey behind it.
  func blankCondition(_ shape: Shape, _ request: GenerationRequest) throws -> Tensor {
    let (height, width) = (shape[1] * decoder.config.scale, shape[2] * decoder.config.scale)
    let grey = try encode(
      [Float](repeating: 0, count: width * height * 3), width: width, height: height,
      by: try encoder(for: request), tiles: request.tiling ?? false)
    return try condition(mask: nil, kept: grey.latents(nil, diffusionScale), shape)
  }

  /// Mask and masked latents side by side, [1, height, width, 1 + channels].
  func condition(mask: [Float]?, kept: [Float], _ shape: Shape) throws -> Tensor {
    let (pixels, channels) = (shape[1] * shape[2], shape[3])
    var values: [Float] = []
    values.reserveCapacity(pixels * (channels + 1))
    for pixel in 0..<pixels {
      values.append(mask?[pixel] ?? 1)
      values += kept[pixel * channels..<(pixel + 1) * channels]
    }
    return try backend.tensor(values, shape: [1, shape[1], shape[2], channels + 1])
  }

  /// How the model's latents follow from the autoencoder's.
  var diffusionScale: LatentScale {
    LatentScale(factor: decoder.config.scalingFactor, shift: decoder.config.shiftFactor)
  }
}
