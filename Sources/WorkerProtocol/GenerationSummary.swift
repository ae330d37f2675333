/// What a finished attempt took, in seconds by phase.
public struct GenerationSummary: Codable, Equatable, Sendable {
  /// Pictures sent.
  public var images: Int
  /// Reading and packing weights; 0 when the model was loaded already.
  public var load: Double
  /// Text encoder.
  public var text: Double
  /// UNet, all steps of all pictures.
  public var denoise: Double
  /// VAE decoder, all pictures.
  public var decode: Double
  /// Model evaluations done, over all pictures.
  public var evaluations: Int

  /// Makes a summary.
  public init(
    images: Int, load: Double = 0, text: Double = 0, denoise: Double = 0, decode: Double = 0,
    evaluations: Int = 0
  ) {
    self.images = images
    self.load = load
    self.text = text
    self.denoise = denoise
    self.decode = decode
    self.evaluations = evaluations
  }
}
