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

  /// Opens the file at `path`.
  ///
  /// Throws `.unknownLayout` if it is no Stable Diffusion 1.x or 2.x model, `CheckpointError` for anything wrong.
  public init(path: String) throws(CheckpointError) {
    let label = String(path.split(separator: "/").last ?? "")
    file = try TensorFiles.open(path: path, label: label.printable())
    self.path = path
    name = label.lastIndex(of: ".").map { String(label[..<$0]) } ?? label
    try Self.checkFamily(file)
    let network = try OriginalUNet(file.entries)
    let autoencoder = try OriginalVAE(file.entries)
    let encoder = try OriginalText(file.entries, file: file.label)
    configuration = try OriginalConfiguration(
      network, autoencoder, encoder, OriginalPrediction(file, kind: encoder.kind), file: file.label)
    tables = [
      .unet: network.table.finished(), .vae: autoencoder.table.finished(),
      .textEncoder: encoder.table.finished(),
    ]
    vocabulary = VocabularySearch(beside: path, tokens: encoder.vocabularySize)
  }

  /// The UNet's configuration, from the tensors' shapes.
  public func unetConfig() throws(CheckpointError) -> UNetConfig { configuration.unet }

  /// The autoencoder's configuration, from the tensors' shapes.
  public func vaeConfig() throws(CheckpointError) -> VAEConfig { configuration.vae }

  /// The text encoder's configuration, from the tensors' shapes.
  public func textEncoderConfig() throws(CheckpointError) -> TextEncoderConfig { configuration.text }

  /// Stable Diffusion's schedule, with the prediction the file says or its family has.
  public func schedulerConfig() throws(CheckpointError) -> SchedulerConfig { configuration.scheduler }

  /// The weights of a component under diffusers' names.
  public func weights(of component: ModelComponent) throws(CheckpointError) -> Weights {
    Weights(
      store: TensorStore(file: file, table: tables[component] ?? [:], component: component.rawValue))
  }

  /// A file of the vocabulary; the model has no others.
  public func read(_ relativePath: String) throws(CheckpointError) -> [UInt8] {
    guard relativePath.hasPrefix("tokenizer/") else { throw .missingFile(expected: [relativePath]) }
    guard let vocabulary = vocabulary.folder else {
      throw .missingVocabulary(model: file.label, tokens: configuration.text.vocabularySize)
    }
    return try vocabulary.read(relativePath)
  }

  /// Whether the vocabulary has that file.
  public func contains(_ relativePath: String) -> Bool {
    relativePath.hasPrefix("tokenizer/") && vocabulary.folder?.contains(relativePath) == true
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

  private static func checkFamily(_ file: any TensorFile) throws(CheckpointError) {
    func has(_ prefix: String) -> Bool { file.entries.contains { $0.name.hasPrefix(prefix) } }
    guard has(OriginalUNet.prefix) else {
      throw .unknownLayout(
        file: file.label,
        reason: "is no whole model: expected tensors '\(OriginalUNet.prefix)…', found "
          + (file.entries.first.map { "'\($0.name.printable())'" } ?? "none"))
    }
    guard !has("conditioner.") else {
      throw .unknownLayout(file: file.label, reason: "is an SDXL model; expected Stable Diffusion 1.x or 2.x")
    }
    guard has(OriginalVAE.prefix) else {
      throw .unknownLayout(
        file: file.label, reason: "has a UNet but no autoencoder; expected tensors '\(OriginalVAE.prefix)…'")
    }
  }
}
