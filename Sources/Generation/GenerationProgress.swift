/// How far a running job is.
public struct GenerationProgress: Codable, Hashable, Sendable {
  /// What the worker is doing.
  public enum Phase: String, Codable, Sendable, CaseIterable {
    /// Reads and packs the model's weights.
    case loading
    /// Runs the text encoder.
    case encoding
    /// Runs the UNet.
    case denoising
    /// Runs the VAE's decoder.
    case decoding
    /// Compresses and sends the pictures.
    case saving
  }

  /// What the worker is doing.
  public var phase: Phase
  /// Model evaluations done, over all pictures of the job.
  public var done: Int
  /// Model evaluations in the whole job.
  public var total: Int
  /// Seconds until the job is finished; nil until it can be estimated.
  public var etaSeconds: Double?

  /// Makes a progress value.
  public init(phase: Phase, done: Int, total: Int, etaSeconds: Double? = nil) {
    self.phase = phase
    self.done = done
    self.total = total
    self.etaSeconds = etaSeconds
  }

  enum CodingKeys: String, CodingKey {
    case phase, done, total
    case etaSeconds = "eta_seconds"
  }
}
