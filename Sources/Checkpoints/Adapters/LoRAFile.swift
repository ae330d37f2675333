/// A LoRA (Hu 2021): low-rank matrices for modules of a model, in kohya's or diffusers' naming.
///
/// Opening reads names and shapes; matrices are read when they are merged.
public struct LoRAFile: Sendable {
  /// The name used in errors.
  public var label: String { file.label }
  /// One pair of matrices for each module, sorted by name.
  public let pairs: [LoRAPair]
  /// What the file says of itself.
  public var metadata: [String: String] { file.metadata }
  private let file: any TensorFile

  /// The most modules of one file; SDXL has about 2,500.
  private static let pairLimit = 20_000

  /// Reads the names of a file's tensors.
  /// - Throws: `CheckpointError.unknownLayout` that names the first tensor that is no LoRA's.
  public init(_ file: any TensorFile) throws(CheckpointError) {
    var found: [LoRAModule: [LoRAKey.Role: String]] = [:]
    for entry in file.entries {
      guard let key = LoRAKey(entry.name) else { throw Self.foreign(entry.name, file.label) }
      guard found[key.module, default: [:]].updateValue(entry.name, forKey: key.role) == nil else {
        throw .duplicateTensor(file: file.label, tensor: entry.name.printable())
      }
    }
    guard !found.isEmpty, found.count <= Self.pairLimit else {
      throw .unknownLayout(
        file: file.label, reason: "expected matrices for 1 to \(Self.pairLimit) modules, found \(found.count)"
      )
    }
    var pairs: [LoRAPair] = []
    for (module, names) in found {
      guard let down = names[.down], let up = names[.up] else {
        throw .missingTensor(
          name: "\(names.values.sorted().first?.printable() ?? "") without its other half: \(file.label)")
      }
      pairs.append(
        LoRAPair(module: module, down: down, up: up, middle: names[.middle], alpha: names[.alpha]))
    }
    self.pairs = pairs.sorted {
      ($0.module.network.rawValue, $0.down) < ($1.module.network.rawValue, $1.down)
    }
    self.file = file
  }

  private static func foreign(_ name: String, _ file: String) -> CheckpointError {
    if let kind = LoRAKey.otherKind(name) {
      return .unknownLayout(
        file: file,
        reason: "tensor '\(name.printable())' belongs to \(kind), which is not supported; expected a LoRA")
    }
    return .unknownLayout(
      file: file,
      reason: "tensor '\(name.printable())' is no LoRA's; expected 'lora_unet_….lora_down.weight' or "
        + "'unet.….lora_A.weight'")
  }

  /// The family of models the file is for, as far as its modules' sizes say: `sd1`, `sd2`, `sdxl`.
  public var family: String? {
    if pairs.contains(where: { $0.module.network == .textEncoder2 }) { return "sdxl" }
    return contextWidth.flatMap { FamilyWidths.family(contextWidth: $0) }
  }

  /// Width of the hidden states that its cross-attention reads; nil if it has none.
  public var contextWidth: Int? {
    let reader = pairs.first {
      let name = $0.module.name
      return $0.module.network == .unet && (name.hasSuffix("attn2_to_k") || name.hasSuffix("attn2.to_k"))
    }
    return reader.flatMap { pair in
      file.entries.first { $0.name == pair.down }.flatMap { $0.shape.count > 1 ? $0.shape[1] : nil }
    }
  }

  /// The matrices of a pair, for a weight of this shape.
  /// - Throws: `.wrongShape` that names the tensor, expected and found.
  public func matrices(of pair: LoRAPair, for shape: [Int]) throws(CheckpointError) -> LoRAMatrices {
    try LoRAMatrices(
      down: file.tensor(pair.down), up: file.tensor(pair.up),
      middle: pair.middle.map { name throws(CheckpointError) in try file.tensor(name) },
      alpha: pair.alpha.map { name throws(CheckpointError) in try file.stored(name) }, weight: shape)
  }
}

/// Names of the matrices for one module.
public struct LoRAPair: Sendable {
  /// The module, as the file names it.
  public let module: LoRAModule
  /// The name of the matrix that reads the module's input, for errors.
  public let down: String
  let up: String
  let middle: String?
  let alpha: String?
}
