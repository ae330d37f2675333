import CKernels

extension Backend {
  /// Sinusoidal vectors of timesteps (Ho 2020): [timesteps, dimension].
  ///
  /// Throws `shape`.
  public func timestepEmbedding(
    _ timesteps: [Float], _ embedding: TimestepEmbedding
  ) throws(TensorError) -> Tensor {
    guard !timesteps.isEmpty, embedding.dimension >= 2,
      embedding.downscaleFreqShift < Float(embedding.dimension / 2)
    else {
      throw .shape(
        operation: "timestepEmbedding", expected: "timesteps and a dimension of 2 or more",
        found: "\(timesteps.count) timesteps, dimension \(embedding.dimension)")
    }
    let out = try Tensor(self, [timesteps.count, embedding.dimension], type: .float32)
    try call("timestepEmbedding") { table, device in
      timesteps.withUnsafeBufferPointer { values in
        var call = ck_timestep_call(
          timesteps: values.baseAddress!, out: out.operand, rows: Int32(values.count),
          dimension: Int32(embedding.dimension), flip_sin_to_cos: embedding.flipSinToCos ? 1 : 0,
          downscale_freq_shift: embedding.downscaleFreqShift)
        return table.timestep_embedding(device, &call)
      }
    }
    return try out.converted(to: activationType)
  }

  /// Rows of `tokens` [vocabulary, columns] by id, plus rows of `positions` [length, columns]: ids of one or
  /// more sequences of `length` each → [sequences, length, columns].
  ///
  /// Throws `shape` for an id outside the vocabulary.
  public func embedding(
    _ ids: [Int32], length: Int, tokens: Tensor, positions: Tensor? = nil
  ) throws(TensorError) -> Tensor {
    guard length > 0, !ids.isEmpty, ids.count % length == 0, tokens.shape.rank == 2 else {
      throw .shape(
        operation: "embedding", expected: "whole sequences of \(length) ids", found: "\(ids.count) ids")
    }
    let (vocabulary, columns) = (tokens.shape[0], tokens.shape[1])
    if let wrong = ids.first(where: { $0 < 0 || Int($0) >= vocabulary }) {
      throw .shape(operation: "embedding", expected: "ids below \(vocabulary)", found: "\(wrong)")
    }
    if let positions {
      let fits = positions.shape.rank == 2 && positions.shape[0] >= length && positions.shape[1] == columns
      try tokens.expect("embedding positions", fits, "[≥ \(length), \(columns)]", positions.shape)
    }
    try tokens.expectDevice("embedding", self, positions)
    let out = try Tensor(self, [ids.count / length, length, columns])
    try call("embedding") { table, device in
      ids.withUnsafeBufferPointer { values in
        var call = ck_embedding_call(
          ids: values.baseAddress!, tokens: tokens.operand, positions: ck_operand(positions),
          out: out.operand,
          rows: Int32(values.count), length: Int32(length), columns: Int32(columns),
          vocabulary: Int32(vocabulary))
        return table.embedding(device, &call)
      }
    }
    return out
  }
}
