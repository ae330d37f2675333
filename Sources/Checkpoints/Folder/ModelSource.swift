/// A model on disk, in whatever layout: its configurations and its weights under diffusers' names.
///
/// Reading a configuration or weights touches the files; holding a source does not keep them in memory.
public protocol ModelSource: Sendable {
  /// Where it is: a folder or a file.
  var path: String { get }
  /// What it is called: the folder's or the file's name.
  var name: String { get }
  /// The UNet's configuration.
  func unetConfig() throws(CheckpointError) -> UNetConfig
  /// The autoencoder's configuration.
  func vaeConfig() throws(CheckpointError) -> VAEConfig
  /// A text encoder's configuration.
  func textEncoderConfig(of component: ModelComponent) throws(CheckpointError) -> TextEncoderConfig
  /// Whether an empty negative prompt is zeros, as SDXL was trained, and not the states of no words.
  var zeroesEmptyNegativePrompt: Bool { get }
  /// The noise schedule's configuration.
  func schedulerConfig() throws(CheckpointError) -> SchedulerConfig
  /// The safety checker's configuration; nil for a model without one.
  func safetyCheckerConfig() throws(CheckpointError) -> SafetyCheckerConfig?
  /// The weights of a component.
  func weights(of component: ModelComponent) throws(CheckpointError) -> Weights
  /// A small file of the model whole, for example `tokenizer/vocab.json`.
  func read(_ relativePath: String) throws(CheckpointError) -> [UInt8]
  /// Whether the model has that file.
  func contains(_ relativePath: String) -> Bool
  /// The files whose content identifies the model, absolute paths in a fixed order.
  func identifyingFiles() throws(CheckpointError) -> [String]
  /// Bytes of all weight files.
  func weightBytes() throws(CheckpointError) -> Int
  /// The stored precision of the UNet's first weight: `float16`, `bfloat16` or `float32`.
  func precision() throws(CheckpointError) -> String
}

extension ModelSource {
  /// There is none, unless a source says otherwise.
  public func safetyCheckerConfig() throws(CheckpointError) -> SafetyCheckerConfig? { nil }

  /// What is done to pictures before CLIP sees them at a size: the model's own way, else CLIP's.
  public func pictureProcessorConfig(side: Int) throws(CheckpointError) -> PictureProcessorConfig {
    let file = "feature_extractor/preprocessor_config.json"
    return contains(file) ? try decode(file) : .clip(side: side)
  }

  /// The first, or only, text encoder's configuration.
  public func textEncoderConfig() throws(CheckpointError) -> TextEncoderConfig {
    try textEncoderConfig(of: .textEncoder)
  }

  /// What kind of networks the model has.
  public func family() throws(CheckpointError) -> ModelFamily { ModelFamily(try unetConfig()) }

  /// Decodes a JSON file of the model.
  public func decode<Value: Decodable>(
    _ relativePath: String, as type: Value.Type = Value.self
  ) throws(CheckpointError) -> Value {
    try ConfigurationFile.decode(type, try read(relativePath), file: relativePath)
  }

  /// SHA-256 of the identifying files, one after the other, in lower-case hexadecimal.
  ///
  /// Reads every byte: seconds for a full model, so call it off the device's thread. Pages are given back.
  public func sha256() throws(CheckpointError) -> String {
    try FileHash.sha256(of: identifyingFiles().map { (path: $0, label: name) })
  }
}
