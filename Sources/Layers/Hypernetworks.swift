public import Checkpoints
public import Tensors

/// What keys and values see in the place of attention's context: the context and what hypernetworks add to it.
///
/// Chains run one after the other for the widths they know, as in AUTOMATIC1111. Functions between their layers are
/// computed on the host.
public struct Hypernetworks: Sendable {
  private let all: [(network: Hypernetwork, weight: Float)]

  /// Takes the networks in the order they are applied, and how strongly; nil for none.
  public init?(_ networks: [(network: Hypernetwork, weight: Float)]) {
    if networks.isEmpty { return nil }
    all = networks
  }

  /// What keys and what values are made of, [batch, rows, width] as the context; nil where nothing changes it.
  func callAsFunction(_ context: Tensor) throws(TensorError) -> (keys: Tensor, values: Tensor)? {
    var (keys, values, changed) = (context, context, false)
    for (network, weight) in all where weight != 0 {
      guard let pair = network.pairs[context.shape.last] else { continue }
      keys = try Tensor.combination([(1, keys), (weight, Hypernetwork.run(pair.keys, keys))], as: keys)
      values = try Tensor.combination(
        [(1, values), (weight, Hypernetwork.run(pair.values, values))], as: values)
      changed = true
    }
    return changed ? (keys, values) : nil
  }
}

/// One hypernetwork, packed for a device.
public struct Hypernetwork: Sendable {
  enum Layer: Sendable {
    case linear(PackedLinear)
    case function(HypernetworkFunction)
    case norm(scale: Tensor, shift: Tensor)
  }

  /// By width: the chains for keys and for values.
  let pairs: [Int: (keys: [Layer], values: [Layer])]

  /// Packs a file's layers; throws `CheckpointError` or `TensorError`.
  public init(_ file: HypernetworkFile, on backend: Backend) throws {
    var pairs: [Int: (keys: [Layer], values: [Layer])] = [:]
    for width in file.widths {
      pairs[width] = (
        try Self.pack(file.layers(width: width, part: 0), backend),
        try Self.pack(file.layers(width: width, part: 1), backend)
      )
    }
    self.pairs = pairs
  }

  private static func pack(_ layers: [HypernetworkFile.Layer], _ backend: Backend) throws -> [Layer] {
    try layers.map { layer in
      switch layer {
      case .linear(let weight, let bias, let inputs, let outputs):
        .linear(
          try PackedLinear(on: backend, weight: weight, outputs: outputs, inputs: inputs, bias: bias))
      case .function(let function): .function(function)
      case .norm(let scale, let shift):
        .norm(
          scale: try backend.parameters(scale, shape: [scale.count]),
          shift: try backend.parameters(shift, shape: [shift.count]))
      }
    }
  }

  static func run(_ layers: [Layer], _ x: Tensor) throws(TensorError) -> Tensor {
    var x = x
    for layer in layers {
      switch layer {
      case .linear(let packed): x = try x.linear(packed)
      case .function(let function): x = try x.mapped { function($0) }
      case .norm(let scale, let shift): x = try x.layerNorm(scale: scale, shift: shift, epsilon: 1e-5)
      }
    }
    return x
  }
}

extension Tensor {
  /// A combination stored as `other` is.
  fileprivate static func combination(
    _ terms: [(Float, Tensor)], as other: Tensor
  ) throws(TensorError) -> Tensor {
    try combination(terms).converted(to: other.type)
  }
}
