/// What one worker can do, sent in its handshake and again whenever it changes.
public struct WorkerCapabilities: Codable, Hashable, Sendable {
  /// The software's version.
  public var version: String
  /// The device in words, for example `CPU, 2 threads (reference)`.
  public var device: String
  /// The kernel backend's name.
  public var backend: String
  /// Models that can be run now.
  public var models: [ModelDescription]
  /// Samplers.
  public var samplers: [SamplerDescription]
  /// Schedules.
  public var schedules: [SamplerDescription]
  /// Modes.
  public var modes: [GenerationMode]
  /// The worker's own limits.
  public var limits: Limits
  /// Names of what enlarges pictures, A1111's; nil from workers that know none.
  public var upscalers: [String]?

  /// Makes capabilities.
  public init(
    version: String, device: String, backend: String, models: [ModelDescription],
    samplers: [SamplerDescription], schedules: [SamplerDescription],
    modes: [GenerationMode] = [.txt2img], limits: Limits = Limits(), upscalers: [String]? = nil
  ) {
    self.version = version
    self.device = device
    self.backend = backend
    self.models = models
    self.samplers = samplers
    self.schedules = schedules
    self.modes = modes
    self.limits = limits
    self.upscalers = upscalers
  }
}
