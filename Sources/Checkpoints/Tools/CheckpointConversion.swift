/// What `convert` and `prune` write of a file.
public struct CheckpointConversion: Sendable {
  /// The type weights become; nil: they keep theirs.
  public var type: ElementType?
  /// Leaves out everything but the three networks: averaged weights, optimiser, the trainer's numbers.
  public var prunes = false
  /// Takes the averaged weights (`model_ema.…`) as the UNet's.
  public var usesAverage = false

  /// A conversion that changes nothing but the format.
  public init() {}

  /// The tensors of `file` as this says; throws `.missingTensor` if averages are wanted and the file has none.
  public func tensors(of file: any TensorFile) throws(CheckpointError) -> [OutputTensor] {
    let averages = usesAverage ? try Self.averages(file) : [:]
    return file.entries.filter { !prunes || Self.isKept($0.name) }.map { entry in
      let source = averages[entry.name] ?? entry
      return OutputTensor(file, source, name: entry.name, type: type)
    }
  }

  /// The metadata to write: the file's own, and what it was made from.
  public static func metadata(of file: any TensorFile) -> [String: String] {
    file.metadata.merging(["format": "pt"]) { own, _ in own }
  }

  private static let kept = [
    OriginalUNet.prefix, OriginalVAE.prefix, "cond_stage_model.", "conditioner.", "denoiser.",
  ]

  private static func isKept(_ name: String) -> Bool {
    kept.contains { name.hasPrefix($0) } && !name.hasPrefix("first_stage_model.loss.")
      || ["v_pred", "ztsnr"].contains(name)
  }

  /// The averaged weight for each of the UNet's: its name has no dots after `diffusion_model`.
  private static func averages(_ file: any TensorFile) throws(CheckpointError) -> [String: TensorEntry] {
    let found = Dictionary(file.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var averages: [String: TensorEntry] = [:]
    for entry in file.entries where entry.name.hasPrefix(OriginalUNet.prefix) {
      let flat = entry.name.dropFirst("model.".count).split(separator: ".").joined()
      let name = "model_ema.\(flat)"
      guard let average = found[name] else { throw .missingTensor(name: name) }
      guard average.shape == entry.shape else {
        throw .wrongShape(name: name, expected: entry.shape, found: average.shape)
      }
      averages[entry.name] = average
    }
    return averages
  }
}
