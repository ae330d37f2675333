import CKernels

/// Which columns of a [batch, rows, width] tensor are queries, keys or values.
private struct Columns {
  let tensor: Tensor
  let first: Int

  var operand: ck_operand {
    ck_operand(data: tensor.address + first * tensor.type.size, type: tensor.type.rawValue)
  }
}

extension Tensor {
  /// softmax(scale·q·kᵀ)·v per head (Vaswani 2017): self [batch, queries, channels], `keys` and `values`
  /// [batch, keys, channels] → [batch, queries, channels].
  ///
  /// Throws `shape`.
  public func attention(
    keys: Tensor, values: Tensor, _ options: AttentionOptions
  ) throws(TensorError) -> Tensor {
    try expect("attention", keys.shape == values.shape, "\(keys.shape)", values.shape)
    return try Tensor.attend(
      Columns(tensor: self, first: 0), Columns(tensor: keys, first: 0), Columns(tensor: values, first: 0),
      channels: shape.last, options)
  }

  /// Attention whose keys and values are one product's columns: `keysAndValues` [batch, keys, 2·channels].
  public func attention(
    keysAndValues: Tensor, _ options: AttentionOptions
  ) throws(TensorError) -> Tensor {
    let channels = shape.last
    try expect(
      "attention", keysAndValues.shape.last == 2 * channels, "[…, \(2 * channels)]", keysAndValues.shape)
    return try Tensor.attend(
      Columns(tensor: self, first: 0), Columns(tensor: keysAndValues, first: 0),
      Columns(tensor: keysAndValues, first: channels), channels: channels, options)
  }

  /// Self-attention over one product's columns: self is [batch, rows, 3·channels], queries, keys, values.
  public func selfAttention(_ options: AttentionOptions) throws(TensorError) -> Tensor {
    try expect("selfAttention", shape.last % 3 == 0, "[…, 3·channels]", shape)
    let channels = shape.last / 3
    return try Tensor.attend(
      Columns(tensor: self, first: 0), Columns(tensor: self, first: channels),
      Columns(tensor: self, first: 2 * channels), channels: channels, options)
  }

  private static func attend(
    _ q: Columns, _ k: Columns, _ v: Columns, channels: Int, _ options: AttentionOptions
  ) throws(TensorError) -> Tensor {
    let (queries, keys) = (q.tensor.shape, k.tensor.shape)
    try q.tensor.expect("attention", queries.rank == 3, "[batch, queries, channels]", queries)
    try q.tensor.expect(
      "attention", keys.rank == 3 && keys[0] == queries[0], "[\(queries[0]), keys, channels]", keys)
    try q.tensor.expect(
      "attention", k.tensor.shape.last - k.first >= channels, "[…, \(channels)]", keys)
    let divides = options.heads > 0 && channels % options.heads == 0 && channels / options.heads <= 512
    try q.tensor.expect(
      "attention", divides, "channels that \(options.heads) heads divide, ≤ 512 each", queries)
    try q.tensor.expectDevice("attention", q.tensor.backend, k.tensor, v.tensor)
    let out = try Tensor(q.tensor.backend, queries.replacingLast(with: channels))
    let headSize = channels / options.heads
    var call = ck_attention_call(
      q: q.operand, k: k.operand, v: v.operand, out: out.operand, batch: Int32(queries[0]),
      queries: Int32(queries[1]), keys: Int32(keys[1]), heads: Int32(options.heads),
      head_size: Int32(headSize), q_stride: Int64(queries.last), k_stride: Int64(keys.last),
      v_stride: Int64(v.tensor.shape.last), scale: options.scale ?? 1 / Float(headSize).squareRoot(),
      causal: options.causal ? 1 : 0)
    try out.backend.call("attention", flops: 4 * Double(out.count) * Double(keys[1])) { table, device in
      table.attention(device, &call)
    }
    return out
  }
}
