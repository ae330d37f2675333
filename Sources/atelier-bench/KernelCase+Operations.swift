import Tensors

extension KernelCase {
  /// A convolution with bias on a square picture; `channels2` > 0 reads a second source, `enlarged` doubles the size.
  static func conv(
    _ model: Model, _ batch: Int, _ side: Int, _ channels: (Int, Int), _ outputs: Int, kernel: Int = 3,
    stride: Int = 1, enlarged: Bool = false
  ) -> KernelCase {
    let inputs = channels.0 + channels.1
    let out = (enlarged ? 2 * side : side) / stride
    let products = batch * out * out * outputs * inputs * kernel * kernel
    let moved = batch * (side * side * inputs + out * out * outputs) + outputs * inputs * kernel * kernel
    let source = channels.1 > 0 ? "\(channels.0)+\(channels.1)" : "\(channels.0)"
    let suffix = (stride > 1 ? " /\(stride)" : "") + (enlarged ? " ×2" : "")
    let name = "conv \(kernel)×\(kernel) \(batch)×\(side)² \(source)→\(outputs)\(suffix)"
    return KernelCase(
      model: model, name: name, flops: 2 * Double(products), bytes: 4 * Double(moved)
    ) { backend in
      let x1 = try operand(backend, [batch, side, side, channels.0])
      let x2 = channels.1 > 0 ? try operand(backend, [batch, side, side, channels.1]) : nil
      let packed = try PackedConv(
        on: backend, weight: weights(outputs * inputs * kernel * kernel),
        shape: [outputs, inputs, kernel, kernel], bias: weights(outputs))
      var geometry = ConvGeometry(stride: stride)
      if enlarged { geometry.enlargedTo = (2 * side, 2 * side) }
      return { _ = try x1.conv(packed, geometry, concatenating: x2) }
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
      bytes: 4 * Double(rows * (inputs + outputs) + inputs * columns)
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
    _ model: Model, _ batch: Int, _ queries: Int, _ keys: Int, heads: Int, size: Int
  ) -> KernelCase {
    KernelCase(
      model: model, name: "attention \(batch)×\(queries)×\(keys) \(heads)·\(size)",
      flops: 4 * Double(batch * queries * keys * heads * size),
      bytes: 8 * Double(batch * (queries + keys) * heads * size)
    ) { backend in
      let q = try operand(backend, [batch, queries, heads * size])
      let k = try operand(backend, [batch, keys, heads * size])
      return { _ = try q.attention(keys: k, values: k, AttentionOptions(heads: heads)) }
    }
  }

  /// Group normalisation with SiLU.
  static func groupNorm(
    _ model: Model, _ batch: Int, _ side: Int, _ channels: Int, groups: Int
  ) -> KernelCase {
    let count = batch * side * side * channels
    return KernelCase(
      model: model, name: "group norm + SiLU \(batch)×\(side)²×\(channels)/\(groups)", flops: 0,
      bytes: 8 * Double(count)
    ) { backend in
      let x = try operand(backend, [batch, side, side, channels])
      let ones = try backend.parameters([Float](repeating: 1, count: channels), shape: [channels])
      let options = GroupNormOptions(scale: ones, shift: ones, groups: groups, epsilon: 1e-5)
      return { _ = try x.groupNorm(options, activation: .silu) }
    }
  }

  /// An operation on `shape` that reads `sources` tensors of it and writes one.
  static func streaming(
    _ model: Model, _ name: String, _ shape: Shape, sources: Int = 1,
    _ body: @escaping @Sendable (Tensor) throws -> Void
  ) -> KernelCase {
    KernelCase(
      model: model, name: "\(name) \(shape)", flops: 0, bytes: 4 * Double((sources + 1) * shape.count)
    ) { backend in
      let x = try operand(backend, shape)
      return { try body(x) }
    }
  }
}
