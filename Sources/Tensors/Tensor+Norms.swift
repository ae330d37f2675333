import CKernels

extension Tensor {
  /// Normalises each group of channels of each picture (Wu and He 2018), then SiLU if `activation` says so.
  ///
  /// [batch, …, channels]; `second` holds further channels, and the result has those of both. Throws `shape`.
  public func groupNorm(
    _ options: GroupNormOptions, activation: Activation = .none, concatenating second: Tensor? = nil
  ) throws(TensorError) -> Tensor {
    let channels = try checkGroupNorm(options, activation, second)
    let out = try Tensor(backend, shape.replacingLast(with: channels))
    var call = groupNormCall(options, second, out)
    call.activation = activation.rawValue
    try backend.call("groupNorm") { table, device in table.group_norm(device, &call) }
    return out
  }

  /// What `groupNorm` would multiply each channel by and add to it, for a convolution to do as it reads.
  ///
  /// Reads the tensor once and writes next to nothing. Throws `shape`.
  public func groupNormFactors(
    _ options: GroupNormOptions, activation: Activation = .none, concatenating second: Tensor? = nil
  ) throws(TensorError) -> InputNorm {
    let channels = try checkGroupNorm(options, activation, second)
    let out = try Tensor(backend, [2, shape[0], channels], type: .float32)
    var call = groupNormCall(options, second, out)
    try backend.call("groupNormFactors") { table, device in table.group_norm_factors(device, &call) }
    return InputNorm(factors: out, activation: activation)
  }

  /// The channels of both sources; throws `shape` where the options do not fit them.
  private func checkGroupNorm(
    _ options: GroupNormOptions, _ activation: Activation, _ second: Tensor?
  ) throws(TensorError) -> Int {
    let channels = shape.last + (second?.shape.last ?? 0)
    try expect("groupNorm", activation == .none || activation == .silu, "no activation but SiLU", shape)
    try expectConcatenable("groupNorm", second, channels)
    try expect(
      "groupNorm", options.groups > 0 && channels % options.groups == 0,
      "channels that \(options.groups) groups divide", shape)
    try expect("groupNorm scale", options.scale.count == channels, "[\(channels)]", options.scale.shape)
    try expect("groupNorm shift", options.shift.count == channels, "[\(channels)]", options.shift.shape)
    try expectDevice("groupNorm", backend, second, options.scale, options.shift)
    return channels
  }

  private func groupNormCall(
    _ options: GroupNormOptions, _ second: Tensor?, _ out: Tensor
  ) -> ck_group_norm_call {
    ck_group_norm_call(
      x1: operand, x2: ck_operand(second), scale: options.scale.operand, shift: options.shift.operand,
      out: out.operand, batch: Int32(shape[0]), channels1: Int32(shape.last),
      channels2: Int32(second?.shape.last ?? 0), groups: Int32(options.groups),
      pixels: Int64(shape.rows / shape[0]), epsilon: options.epsilon, activation: Activation.none.rawValue)
  }

  /// Normalises each row of the innermost extent (Ba 2016).
  ///
  /// `scale`, `shift`: float32 [columns].
  public func layerNorm(scale: Tensor?, shift: Tensor?, epsilon: Float) throws(TensorError) -> Tensor {
    for parameter in [scale, shift] {
      guard let parameter else { continue }
      try expect("layerNorm", parameter.count == shape.last, "[\(shape.last)]", parameter.shape)
    }
    try expectDevice("layerNorm", backend, scale, shift)
    let out = try Tensor(backend, shape)
    var call = ck_layer_norm_call(
      x: operand, scale: ck_operand(scale), shift: ck_operand(shift), out: out.operand,
      rows: Int64(shape.rows), columns: Int32(shape.last), epsilon: epsilon)
    try backend.call("layerNorm") { table, device in table.layer_norm(device, &call) }
    return out
  }

  /// exp(x)/Σexp(x) over the innermost extent.
  public func softmax() throws(TensorError) -> Tensor {
    let out = try Tensor(backend, shape)
    try backend.call("softmax") { table, device in
      table.softmax(device, operand, out.operand, Int64(shape.rows), Int32(shape.last))
    }
    return out
  }
}
