import FoundationEssentials
import Glibc

/// A model in diffusers' folder layout: `model_index.json` and a folder for each component.
///
/// Reading a configuration or weights touches the files; making a `ModelFolder` reads `model_index.json` only.
public struct ModelFolder: ModelSource {
  /// The longest JSON or vocabulary file, in bytes.
  public static let fileLimit = 32 << 20

  /// Where the folder is.
  public let path: String
  /// The pipeline class in `model_index.json`, for example `StableDiffusionPipeline`.
  public let pipelineClass: String
  /// What `force_zeros_for_empty_prompt` says; true for an SDXL folder that does not say.
  public let zeroesEmptyNegativePrompt: Bool

  private let namesSafetyChecker: Bool

  /// The folder's own name.
  public var name: String { String(path.split(separator: "/").last ?? "") }

  /// Opens the folder at `path`; throws `CheckpointError` if it is no Stable Diffusion 1.x, 2.x or XL pipeline.
  public init(path: String) throws(CheckpointError) {
    self.path = path
    let file = "model_index.json"
    let index = try ConfigurationFile.decode(ModelIndex.self, try Self.read(path, file), file: file)
    guard ModelIndex.supported.contains(index.className) else {
      throw .unsupported(
        file: file, key: "_class_name", found: index.className,
        expected: ModelIndex.supported.joined(separator: " or "))
    }
    pipelineClass = index.className
    namesSafetyChecker = index.safetyChecker.map { $0.contains { $0 != nil } } ?? false
    zeroesEmptyNegativePrompt =
      index.className.hasPrefix("StableDiffusionXL") && index.zeroesEmptyPrompt ?? true
  }

  /// The UNet's configuration.
  public func unetConfig() throws(CheckpointError) -> UNetConfig { try decode("unet/config.json") }

  /// The autoencoder's configuration.
  public func vaeConfig() throws(CheckpointError) -> VAEConfig { try decode("vae/config.json") }

  /// A text encoder's configuration.
  public func textEncoderConfig(of component: ModelComponent) throws(CheckpointError) -> TextEncoderConfig {
    try decode("\(component.rawValue)/config.json")
  }

  /// The safety checker's, if `model_index.json` names one and its safetensors weights are there.
  public func safetyCheckerConfig() throws(CheckpointError) -> SafetyCheckerConfig? {
    let file = "safety_checker/config.json"
    guard namesSafetyChecker, contains(file), (try? weightFiles(of: .safetyChecker)) != nil else {
      return nil
    }
    return try decode(file)
  }

  /// The noise schedule's configuration.
  public func schedulerConfig() throws(CheckpointError) -> SchedulerConfig {
    try decode("scheduler/scheduler_config.json")
  }

  /// A small file whole, for example `tokenizer/vocab.json`; throws if it is missing or over `fileLimit`.
  public func read(_ relativePath: String) throws(CheckpointError) -> [UInt8] {
    try Self.read(path, relativePath)
  }

  /// Whether the folder has that file.
  public func contains(_ relativePath: String) -> Bool {
    unsafe access("\(path)/\(relativePath)", R_OK) == 0
  }

  /// The weights of a component: one file, one of a variant (`fp16` …), or shards with an index.
  public func weights(of component: ModelComponent) throws(CheckpointError) -> Weights {
    Weights(store: try TensorStore(files: try files(of: component), component: component.rawValue))
  }

  /// The opened weight files of a component, in the order of their names.
  func files(of component: ModelComponent) throws(CheckpointError) -> [SafetensorsFile] {
    var files: [SafetensorsFile] = []
    for name in try weightFiles(of: component) {
      files.append(try SafetensorsFile(path: "\(path)/\(name)", label: name))
    }
    return files
  }

  /// The relative names of a component's weight files.
  public func weightFiles(of component: ModelComponent) throws(CheckpointError) -> [String] {
    if let file = component.weightFiles.first(where: contains) { return [file] }
    guard let file = component.shardIndexes.first(where: contains) else {
      throw .missingFile(expected: Array(component.weightFiles.prefix(2)))
    }
    let index: ShardIndex = try decode(file)
    let names = Set(index.weightMap.values).sorted()
    // The names come from a file of others: they must stay in the component's folder.
    for name in names where name.contains("/") || name.contains("\0") || !name.hasSuffix(".safetensors") {
      throw .malformedConfiguration(file: file, reason: "a shard must be a plain safetensors file name")
    }
    guard !names.isEmpty, names.count <= 1024 else {
      throw .malformedConfiguration(file: file, reason: "expected 1 to 1024 shards, found \(names.count)")
    }
    return names.map { "\(component.rawValue)/\($0)" }
  }

  static func read(_ folder: String, _ file: String) throws(CheckpointError) -> [UInt8] {
    let bytes = try FileBytes.map(path: "\(folder)/\(file)", label: file)
    guard bytes.count <= fileLimit else {
      throw .fileTooLarge(file: file, limit: fileLimit, found: bytes.count)
    }
    return bytes.copy(0..<bytes.count)
  }
}
