import Tensors

extension KernelCase {
  /// A convolution with bias on a square picture.
  ///
  /// A second number of `channels` > 0 reads a second source, `enlarged` doubles the size, `normed` applies a
  /// group norm and SiLU to the input as it is read.
  static func conv(
    _ model: Model, _ batch: Int, _ side: Int, _ channels: (Int, Int), _ outputs: Int, kernel: Int = 3,
    stride: Int = 1, enlarged: Bool = false, normed: Bool = false
  ) -> KernelCase {
    let inputs = channels.0 + channels.1
    let out = (enlarged ? 2 * side : side) / stride
    let products = batch * out * out * outputs * inputs * kernel * kernel
    let moved = batch * (side * side * inputs + out * out * outputs) + outputs * inputs * kernel * kernel
    let source = channels.1 > 0 ? "\(channels.0)+\(channels.1)" : "\(channels.0)"
    let suffix = (stride > 1 ? " /\(stride)" : "") + (enlarged ? " ×2" : "") + (normed ? " normed" : "")
    let name = "conv \(kernel)×\(kernel) \(batch)×\(side)² \(source)→\(outputs)\(suffix)"
    return KernelCase(
      model: model, name: name, flops: 2 * Double(products), elements: Double(moved)
    ) { backend in
      let x1 = try operand(backend, [batch, side, side, channels.0])
      let x2 = channels.1 > 0 ? try operand(backend, [batch, side, side, channels.1]) : nil
      let packed = try PackedConv(
        on: backend, weight: weights(outputs * inputs * kernel * kernel),
        shape: [outputs, inputs, kernel, kernel], bias: weights(outputs))
      var geometry = ConvGeometry(stride: stride)
      if enlarged { geometry.enlargedTo = (2 * side, 2 * side) }
      let norm =
        normed
        ? try x1.groupNormFactors(.plain(inputs, on: backend), activation: .silu, concatenating: x2) : nil
      return { _ = try x1.conv(packed, geometry, concatenating: x2, normalisedBy: norm) }
    }
  }

  /// A linear layer; gated layers multiply by twice as many columns.
  static func linear(
    _ model: Model, _ rows: Int, _ inputs: Int, _ outputs: Int, gated: Bool = false
  ) -> KernelCase {
    let columns = gated ? 2 * outputs : outputs
    return KernelCase(
      model: model, name: "linear \(rows)×\(inputs)→\(outputs)\(gated ? " GEGLU" : "")",
      flops: 2 * Double(rows * inputs * columns),
      elements: Double(rows * (inputs + outputs) + inputs * columns)
    ) { backend in
      let x = try operand(backend, [rows, inputs])
      let packed = try PackedLinear(
        on: backend, weight: weights(columns * inputs), outputs: columns, inputs: inputs,
        bias: weights(columns), gated: gated)
      return { _ = try x.linear(packed) }
    }
  }

  /// Attention of `queries` rows over `keys` rows.
  static func attention(
    _ model: Model, _ batch: Int, _ queries: Int, _ keys: Int, heads: Int, size: Int, causal: Bool = false
  ) -> KernelCase {
    // Query i sees i + 1 keys.
    let pairs = causal ? queries * (queries + 1) / 2 : queries * keys
    return KernelCase(
      model: model,
      name: "attention \(batch)×\(queries)×\(keys) \(heads)·\(size)\(causal ? " causal" : "")",
      flops: 4 * Double(batch * pairs * heads * size),
      elements: 2 * Double(batch * (queries + keys) * heads * size)
    ) { backend in
      let q = try operand(backend, [batch, queries, heads * size])
      let k = try operand(backend, [batch, keys, heads * size])
      return { _ = try q.attention(keys: k, values: k, AttentionOptions(heads: heads, causal: causal)) }
    }
  }

  /// Group normalisation with SiLU.
  static func groupNorm(_ model: Model, _ shape: Shape, groups: Int = 32) -> KernelCase {
    KernelCase(
      model: model, name: "group norm + SiLU \(shape) /\(groups)", flops: 0,
      elements: 2 * Double(shape.count)
    ) { backend in
      let x = try operand(backend, shape)
      let options = try GroupNormOptions.plain(shape.last, groups: groups, on: backend)
      return { _ = try x.groupNorm(options, activation: .silu) }
    }
  }

  /// The statistics of a group normalisation that a convolution will apply.
  static func groupNormFactors(_ model: Model, _ shape: Shape, groups: Int = 32) -> KernelCase {
    KernelCase(
      model: model, name: "group norm factors \(shape) /\(groups)", flops: 0, elements: Double(shape.count)
    ) { backend in
      let x = try operand(backend, shape)
      let options = try GroupNormOptions.plain(shape.last, groups: groups, on: backend)
      return { _ = try x.groupNormFactors(options, activation: .silu) }
    }
  }

  /// Rows of two prompts' tokens and positions, summed.
  static func tokens(_ model: Model, vocabulary: Int, columns: Int) -> KernelCase {
    let length = 77
    return KernelCase(
      model: model, name: "embedding \(2 * length) of \(vocabulary)×\(columns)", flops: 0,
      elements: 3 * Double(2 * length * columns)
    ) { backend in
      let table = try operand(backend, [vocabulary, columns])
      let positions = try operand(backend, [length, columns])
      let ids = (0..<Int32(2 * length)).map { $0 * 311 % Int32(vocabulary) }
      return { _ = try backend.embedding(ids, length: length, tokens: table, positions: positions) }
    }
  }

  /// Sines and cosines of timesteps.
  static func timesteps(_ model: Model, _ count: Int, dimension: Int) -> KernelCase {
    KernelCase(
      model: model, name: "timestep embedding \(count)×\(dimension)", flops: 0,
      elements: Double(count * dimension)
    ) { backend in
      let times = (0..<count).map { Float($0) }
      return { _ = try backend.timestepEmbedding(times, TimestepEmbedding(dimension: dimension)) }
    }
  }

  /// An operation on a tensor that moves `moving` times its elements: once read and once written is 2.
  static func streaming(
    _ model: Model, _ name: String, _ shape: Shape, moving: Double = 2,
    _ body: @escaping @Sendable (Tensor) throws -> Void
  ) -> KernelCase {
    KernelCase(
      model: model, name: "\(name) \(shape)", flops: 0, elements: moving * Double(shape.count)
    ) { backend in
      let x = try operand(backend, shape)
      return { try body(x) }
    }
  }
}

extension GroupNormOptions {
  /// Scales and shifts that are all one.
  fileprivate static func plain(
    _ channels: Int, groups: Int = 32, on backend: Backend
  ) throws -> GroupNormOptions {
    let ones = try backend.parameters([Float](repeating: 1, count: channels), shape: [channels])
    return GroupNormOptions(scale: ones, shift: ones, groups: groups, epsilon: 1e-5)
  }
}
