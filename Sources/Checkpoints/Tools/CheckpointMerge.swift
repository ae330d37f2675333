/// Mixes models of one architecture tensor by tensor, as AUTOMATIC1111's checkpoint merger does.
public struct CheckpointMerge: Sendable {
  /// How.
  public enum Method: String, CaseIterable, Sendable {
    /// A · (1 − α) + B · α.
    case weightedSum = "weighted-sum"
    /// A + (B − C) · α.
    case addDifference = "add-difference"
  }

  /// How.
  public var method = Method.weightedSum
  /// α.
  public var alpha: Float
  /// The type weights become; nil: those of A.
  public var type: ElementType?

  /// A weighted sum.
  public init(alpha: Float) { self.alpha = alpha }

  /// A's tensors mixed with B's; what only one of them has, or is no weight, stays as it is.
  ///
  /// `third` is C, which
  /// `addDifference` needs; `vae` replaces the autoencoder, its names with or without `first_stage_model.`.
  ///
  /// Computed in float32 when written. Throws `.wrongShape` if a tensor has other sizes in another model.
  public func tensors(
    _ first: any TensorFile, _ second: any TensorFile, third: (any TensorFile)? = nil,
    vae: (any TensorFile)? = nil
  ) throws(CheckpointError) -> [OutputTensor] {
    let seconds = Self.entries(second)
    let thirds = third.map(Self.entries) ?? [:]
    let baked = vae.map(Self.autoencoder) ?? [:]
    var tensors: [OutputTensor] = []
    for entry in first.entries {
      if let vae, let other = baked[entry.name] {
        try Self.check(other, entry)
        tensors.append(OutputTensor(vae, other, name: entry.name, type: type))
      } else if entry.type.isWeight, let other = seconds[entry.name], other.type.isWeight {
        try Self.check(other, entry)
        if let base = thirds[entry.name] { try Self.check(base, entry) }
        tensors.append(mixed(entry, first, second, thirds[entry.name].flatMap { _ in third }))
      } else {
        tensors.append(OutputTensor(first, entry, type: type))
      }
    }
    let names = Set(first.entries.map(\.name))
    for entry in second.entries where !names.contains(entry.name) && entry.name.hasPrefix(OriginalUNet.prefix)
    {
      tensors.append(OutputTensor(second, entry, type: type))
    }
    return tensors
  }

  private func mixed(
    _ entry: TensorEntry, _ first: any TensorFile, _ second: any TensorFile, _ third: (any TensorFile)?
  ) -> OutputTensor {
    let (name, alpha, method) = (entry.name, alpha, method)
    @Sendable func pieces() throws(CheckpointError) -> OutputTensor.Values {
      let (a, b, c) = (try first.tensor(name), try second.tensor(name), try third?.tensor(name))
      return { elements in
        var values = a.floatsOnce(elements)
        let others = b.floatsOnce(elements)
        switch method {
        case .weightedSum:
          for index in values.indices {
            values[index] = values[index] * (1 - alpha) + others[index] * alpha
          }
        case .addDifference:
          // What C lacks has no difference.
          guard let bases = c?.floatsOnce(elements) else { return values }
          for index in values.indices { values[index] += (others[index] - bases[index]) * alpha }
        }
        return values
      }
    }
    return OutputTensor(name: name, type: type ?? entry.type, shape: entry.shape, pieces: pieces)
  }

  private static func entries(_ file: any TensorFile) -> [String: TensorEntry] {
    Dictionary(file.entries.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  private static func autoencoder(_ file: any TensorFile) -> [String: TensorEntry] {
    let prefix = OriginalVAE.prefix
    return Dictionary(
      file.entries.map { ($0.name.hasPrefix(prefix) ? $0.name : prefix + $0.name, $0) },
      uniquingKeysWith: { first, _ in first })
  }

  private static func check(_ other: TensorEntry, _ entry: TensorEntry) throws(CheckpointError) {
    guard other.shape == entry.shape else {
      throw .wrongShape(name: other.name.printable(), expected: entry.shape, found: other.shape)
    }
  }
}
