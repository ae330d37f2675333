/// What one worker can do, sent in its handshake and again whenever it changes.
public struct WorkerCapabilities: Codable, Hashable, Sendable {
  /// The software's version.
  public var version: String
  /// The device in words, for example `CPU, 2 threads (reference)`.
  public var device: String
  /// The kernel backend's name.
  public var backend: String
  /// Bytes of the device's memory, of the host's where it has none of its own; nil when unknown.
  public var memoryBytes: Int?
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
  /// LoRAs that tags in prompts can name.
  public var loras: [ExtraDescription] = []
  /// Embeddings whose names are words in prompts.
  public var embeddings: [ExtraDescription] = []
  /// Hypernetworks that tags in prompts can name.
  public var hypernetworks: [ExtraDescription] = []
  /// Autoencoders in files of their own.
  public var vaes: [ExtraDescription] = []
  /// Styles the worker's folders hold; they are applied where a request is taken.
  public var styles: [PromptStyle] = []
  /// The worker on the same device with whose job this one's shares steps: it takes only jobs that can, while that one
  /// has a job; nil for a worker that takes any.
  public var joins: WorkerID?
  /// Whether it takes the next job when it says of one that its pictures are being saved; the device is free then.
  public var takesWhileSaving = false

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

extension WorkerCapabilities {
  /// Reads capabilities; what was added after the first release is empty where a worker does not know it.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      version: try values.decode(String.self, forKey: .version),
      device: try values.decode(String.self, forKey: .device),
      backend: try values.decode(String.self, forKey: .backend),
      models: try values.decode([ModelDescription].self, forKey: .models),
      samplers: try values.decode([SamplerDescription].self, forKey: .samplers),
      schedules: try values.decode([SamplerDescription].self, forKey: .schedules),
      modes: try values.decode([GenerationMode].self, forKey: .modes),
      limits: try values.decode(Limits.self, forKey: .limits),
      upscalers: try values.decodeIfPresent([String].self, forKey: .upscalers))
    func files(_ key: CodingKeys) throws -> [ExtraDescription] {
      try values.decodeIfPresent([ExtraDescription].self, forKey: key) ?? []
    }
    (loras, embeddings) = (try files(.loras), try files(.embeddings))
    (hypernetworks, vaes) = (try files(.hypernetworks), try files(.vaes))
    styles = try values.decodeIfPresent([PromptStyle].self, forKey: .styles) ?? []
    memoryBytes = try values.decodeIfPresent(Int.self, forKey: .memoryBytes)
    joins = try values.decodeIfPresent(WorkerID.self, forKey: .joins)
    takesWhileSaving = try values.decodeIfPresent(Bool.self, forKey: .takesWhileSaving) ?? false
  }
}
