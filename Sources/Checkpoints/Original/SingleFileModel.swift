/// A model in one file of the original layout (`model.diffusion_model.…`), `.safetensors` or `.ckpt`.
///
/// Opening reads names and shapes; the file stays mapped. The vocabulary, which no such file has, is lent by a
/// folder beside it.
public struct SingleFileModel: ModelSource {
  /// Where the file is.
  public let path: String
  /// The file's name without its ending.
  public let name: String

  private let file: any TensorFile
  private let configuration: OriginalConfiguration
  private let tables: [ModelComponent: [String: TensorSource]]
  private let vocabulary: VocabularySearch
  /// What the sequences of each text encoder are filled up with.
  private let paddings: [OriginalText.Kind]
  private let detected: ModelFamily

  /// Opens the file at `path`.
  ///
  /// Throws `.unknownLayout` if it is no Stable Diffusion 1.x, 2.x or XL model, `CheckpointError` for anything wrong.
  public init(path: String) throws(CheckpointError) {
    let label = String(path.split(separator: "/").last ?? "")
    file = try TensorFiles.open(path: path, label: label.printable())
    self.path = path
    name = label.lastIndex(of: ".").map { String(label[..<$0]) } ?? label
    try Self.checkParts(file)
    let network = try OriginalUNet(file.entries)
    let autoencoder = try OriginalVAE(file.entries)
    let encoders = try Self.encoders(file)
    let family: ModelFamily = encoders.count > 1 ? .sdxl : encoders[0].kind == .openCLIP ? .sd2 : .sd1
    configuration = try OriginalConfiguration(
      network, autoencoder, encoders, OriginalPrediction(file, family: family), family: family,
      file: file.label)
    var tables: [ModelComponent: [String: TensorSource]] = [
      .unet: network.table.finished(), .vae: autoencoder.table.finished(),
    ]
    for (component, encoder) in zip([ModelComponent.textEncoder, .textEncoder2], encoders) {
      tables[component] = encoder.table.finished()
    }
    self.tables = tables
    paddings = encoders.map(\.kind)
    detected = family
    vocabulary = VocabularySearch(beside: path, tokens: encoders[0].vocabularySize)
  }

  private static func encoders(_ file: any TensorFile) throws(CheckpointError) -> [OriginalText] {
    guard file.entries.contains(where: { $0.name.hasPrefix("conditioner.") }) else {
      return [try OriginalText(file.entries, file: file.label)]
    }
    let pair = try OriginalText.pair(file.entries, file: file.label)
    return [pair.first, pair.second]
  }

  /// SDXL's training had zeros for no negative prompt; the file does not say otherwise.
  public var zeroesEmptyNegativePrompt: Bool { detected == .sdxl }

  /// The UNet's configuration, from the tensors' shapes.
  public func unetConfig() throws(CheckpointError) -> UNetConfig { configuration.unet }

  /// The autoencoder's configuration, from the tensors' shapes.
  public func vaeConfig() throws(CheckpointError) -> VAEConfig { configuration.vae }

  /// A text encoder's configuration, from the tensors' shapes.
  public func textEncoderConfig(of component: ModelComponent) throws(CheckpointError) -> TextEncoderConfig {
    let place = component == .textEncoder2 ? 1 : 0
    guard place < configuration.texts.count else { throw .missingFile(expected: [component.rawValue]) }
    return configuration.texts[place]
  }

  /// Stable Diffusion's schedule, with the prediction the file says or its family has.
  public func schedulerConfig() throws(CheckpointError) -> SchedulerConfig { configuration.scheduler }

  /// The weights of a component under diffusers' names.
  public func weights(of component: ModelComponent) throws(CheckpointError) -> Weights {
    Weights(
      store: TensorStore(file: file, table: tables[component] ?? [:], component: component.rawValue))
  }

  /// A file of the vocabulary; the model has no others.
  public func read(_ relativePath: String) throws(CheckpointError) -> [UInt8] {
    guard let (place, name) = Self.tokenizerFile(relativePath), place < paddings.count else {
      throw .missingFile(expected: [relativePath])
    }
    guard let vocabulary = vocabulary.folder else {
      throw .missingVocabulary(model: file.label, tokens: configuration.texts[0].vocabularySize)
    }
    if name == Self.specialTokens { return paddings[place].specialTokens }
    return try vocabulary.read("tokenizer/\(name)")
  }

  /// Whether the vocabulary has that file.
  public func contains(_ relativePath: String) -> Bool {
    guard let (place, name) = Self.tokenizerFile(relativePath), place < paddings.count,
      let vocabulary = vocabulary.folder
    else { return false }
    return name == Self.specialTokens || vocabulary.contains("tokenizer/\(name)")
  }

  /// The family's own: the folder that lends its vocabulary may be another family's.
  private static let specialTokens = "special_tokens_map.json"

  /// Which text encoder's tokenizer a path belongs to, and the file's name there.
  private static func tokenizerFile(_ path: String) -> (place: Int, name: String)? {
    for (place, folder) in ["tokenizer/", "tokenizer_2/"].enumerated() where path.hasPrefix(folder) {
      return (place, String(path.dropFirst(folder.count)))
    }
    return nil
  }

  /// The file itself.
  public func identifyingFiles() throws(CheckpointError) -> [String] { [path] }

  /// Bytes of the file.
  public func weightBytes() throws(CheckpointError) -> Int { file.byteCount }

  /// The stored precision of the UNet's first layer.
  public func precision() throws(CheckpointError) -> String {
    let name = OriginalUNet.prefix + "input_blocks.0.0.weight"
    guard let entry = file.entries.first(where: { $0.name == name }) else { throw .missingTensor(name: name) }
    guard let precision = entry.type.precision else {
      throw .unusableElementType(tensor: name, found: entry.type.rawValue)
    }
    return precision
  }

  private static func checkParts(_ file: any TensorFile) throws(CheckpointError) {
    func has(_ prefix: String) -> Bool { file.entries.contains { $0.name.hasPrefix(prefix) } }
    guard has(OriginalUNet.prefix) else {
      throw .unknownLayout(
        file: file.label,
        reason: "is no whole model: expected tensors '\(OriginalUNet.prefix)…', found "
          + (file.entries.first.map { "'\($0.name.printable())'" } ?? "none"))
    }
    guard has(OriginalVAE.prefix) else {
      throw .unknownLayout(
        file: file.label, reason: "has a UNet but no autoencoder; expected tensors '\(OriginalVAE.prefix)…'")
    }
  }
}

extension OriginalText.Kind {
  /// The special tokens as the family's own folders have them: OpenCLIP fills sequences up with token 0, an
  /// exclamation mark, OpenAI's CLIP with the token that ends them.
  fileprivate var specialTokens: [UInt8] {
    let padding = self == .openCLIP ? "!" : "<|endoftext|>"
    let roles = [
      ("bos_token", "<|startoftext|>"), ("eos_token", "<|endoftext|>"), ("unk_token", "<|endoftext|>"),
      ("pad_token", padding),
    ]
    return Array("{\(roles.map { "\"\($0.0)\": \"\($0.1)\"" }.joined(separator: ", "))}".utf8)
  }
}
