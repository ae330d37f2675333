/// A hypernetwork in AUTOMATIC1111's form: for some widths of contexts two chains of layers, for keys and for values.
///
/// Each chain's output is added to the context that keys or values are made of.
public struct HypernetworkFile: Sendable {
  /// A layer of a chain.
  public enum Layer: Sendable {
    /// x·Wᵀ + b; the weight is [outputs, inputs].
    case linear(weight: [Float], bias: [Float]?, inputs: Int, outputs: Int)
    /// A function of each number.
    case function(HypernetworkFunction)
    /// Layer normalisation.
    case norm(scale: [Float], shift: [Float])
  }

  /// Widths of contexts it changes, ascending.
  public let widths: [Int]
  private let file: any TensorFile
  private let function: HypernetworkFunction?
  private let activatesOutput: Bool

  private static let widthLimit = 16, layerLimit = 64

  /// Reads names and settings.
  /// - Throws: `CheckpointError.unknownLayout` for a file of another form; `.unsupported` for a function that is not
  ///   known.
  public init(_ file: any TensorFile) throws(CheckpointError) {
    self.file = file
    let sizes = Set(file.entries.compactMap { Self.place($0.name)?.width })
    guard !sizes.isEmpty, sizes.count <= Self.widthLimit else {
      throw .unknownLayout(
        file: file.label,
        reason: "is no hypernetwork: expected tensors such as '768.0.linear.0.weight', found "
          + (file.entries.first.map { "'\($0.name.printable())'" } ?? "none"))
    }
    widths = sizes.sorted()
    activatesOutput = file.metadata["activate_output"] == "true"
    let name = file.metadata["activation_func"] ?? "linear"
    guard name != "linear" else {
      function = nil
      return
    }
    guard let known = HypernetworkFunction(rawValue: name) else {
      throw .unsupported(
        file: file.label, key: "activation_func", found: String(name.prefix(40)).printable(),
        expected: "linear or " + HypernetworkFunction.allCases.map(\.rawValue).joined(separator: ", "))
    }
    function = known
  }

  /// Whether a file that lies anywhere is surely a hypernetwork.
  public static func recognises(_ file: any TensorFile) -> Bool {
    file.entries.contains { place($0.name).map { $0.width >= 320 } ?? false }
  }

  /// The layers of a chain: part 0 for keys, 1 for values.
  /// - Throws: `.wrongShape` that names the tensor where sizes do not follow one another.
  public func layers(width: Int, part: Int) throws(CheckpointError) -> [Layer] {
    let entries = file.entries.compactMap { entry in Self.place(entry.name).map { (entry, $0) } }
      .filter { $0.1.width == width && $0.1.part == part && $0.1.isWeight }
      .sorted { $0.1.index < $1.1.index }
    let linears = entries.count { $0.0.shape.count == 2 }
    guard linears > 0, entries.count <= Self.layerLimit else {
      throw .missingTensor(name: "\(width).\(part).linear.0.weight")
    }
    var (layers, size, number): ([Layer], Int, Int) = ([], width, 0)
    for (entry, _) in entries {
      let weight = try file.tensor(entry.name)
      let bias = try bias(of: entry.name, count: entry.shape.first ?? 0)
      guard entry.shape.count == 2 else {
        try Self.check(weight, [size])
        guard let bias else { throw .missingTensor(name: entry.name.printable() + " without its bias") }
        layers.append(.norm(scale: weight.floats(), shift: bias))
        continue
      }
      number += 1
      let outputs = number == linears ? width : max(entry.shape[0], 1)
      try Self.check(weight, [outputs, size])
      layers.append(.linear(weight: weight.floats(), bias: bias, inputs: size, outputs: outputs))
      if let function, number < linears || activatesOutput { layers.append(.function(function)) }
      size = outputs
    }
    return layers
  }

  private func bias(of weight: String, count: Int) throws(CheckpointError) -> [Float]? {
    let name = weight.dropLast("weight".count) + "bias"
    guard file.entries.contains(where: { $0.name == name }) else { return nil }
    let bias = try file.tensor(String(name))
    try Self.check(bias, [count])
    return bias.floats()
  }

  private static func check(_ tensor: StoredTensor, _ shape: [Int]) throws(CheckpointError) {
    guard tensor.shape == shape else {
      throw .wrongShape(name: tensor.name.printable(), expected: shape, found: tensor.shape)
    }
  }

  private struct Place {
    let width, part, index: Int
    let isWeight: Bool
  }

  /// `768.0.linear.2.weight`; in the oldest files `768.0.linear1.weight`.
  private static func place(_ name: String) -> Place? {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 4, let width = Int(parts[0]), (1...1 << 16).contains(width),
      let part = Int(parts[1]),
      (0...1).contains(part), let last = parts.last, last == "weight" || last == "bias"
    else { return nil }
    if parts.count == 5, parts[2] == "linear", let index = Int(parts[3]) {
      return Place(width: width, part: part, index: index, isWeight: last == "weight")
    }
    guard parts.count == 4, parts[2].hasPrefix("linear"), let index = Int(parts[2].dropFirst(6)) else {
      return nil
    }
    return Place(width: width, part: part, index: index, isWeight: last == "weight")
  }
}
