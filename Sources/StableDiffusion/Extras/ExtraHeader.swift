import Checkpoints

/// What the names and shapes in a file that goes with models say.
struct ExtraHeader: Equatable {
  /// The family of models it is for, where that can be told.
  let family: String?
  /// Of an embedding.
  var vectors: ExtraFile.Vectors?

  /// Reads a file of a kind.
  /// - Throws: `CheckpointError` for a file that is none of the kind.
  init(_ kind: ExtraKind, _ file: any TensorFile) throws(CheckpointError) {
    switch kind {
    case .lora: family = try LoRAFile(file).family
    case .embedding:
      let embedding = try EmbeddingFile(file)
      family = embedding.family
      vectors = ExtraFile.Vectors(
        count: embedding.vectors, width: embedding.width, secondWidth: embedding.secondWidth)
    case .vae:
      _ = try VAEFile(file)
      family = nil
    case .hypernetwork:
      let widths = try HypernetworkFile(file).widths
      family = widths.contains(768) ? "sd1" : widths.contains(1024) ? "sd2" : nil
    }
  }

  /// The kind of a file, by the names in it; nil for a model and for what is none of the kinds.
  static func kind(of file: any TensorFile) -> ExtraKind? {
    if file.entries.contains(where: { LoRAKey.isLoRA($0.name) }) { return .lora }
    if EmbeddingFile.recognises(file) { return .embedding }
    if HypernetworkFile.recognises(file) { return .hypernetwork }
    return VAEFile.recognises(file) ? .vae : nil
  }
}
