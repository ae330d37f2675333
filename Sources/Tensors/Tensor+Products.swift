internal import CKernels

extension Tensor {
  /// activation(x·Wᵀ + bias) + residual over the innermost extent; gated weights: value·gelu(gate) +
  /// residual.
  ///
  /// [..., inputs] → [..., outputs]. Throws `shape`.
  public func linear(
    _ packed: PackedLinear, activation: Activation = .none, residual: Tensor? = nil
  ) throws(TensorError) -> Tensor {
    let result = shape.replacingLast(with: packed.outputs)
    try expect("linear", shape.last == packed.inputs, "[…, \(packed.inputs)]", shape)
    try expect("linear", !packed.gated || activation == .none, "no activation on gated weights", shape)
    try expectSame("linear residual", residual, result)
    try expectDevice("linear", packed.weights.backend, residual)
    let out = try Tensor(backend, result)
    var call = ck_linear_call(
      x: operand, residual: ck_operand(residual), out: out.operand, weights: packed.weights.handle,
      rows: Int64(shape.rows), activation: activation.rawValue)
    let columns = packed.outputs * (packed.gated ? 2 : 1)
    try backend.call("linear", flops: 2 * Double(shape.count) * Double(columns)) { table, device in
      table.linear(device, &call)
    }
    return out
  }

  /// Convolves [batch, height, width, channels].
  ///
  /// `second` holds further channels of the same pixels, read as if concatenated after this tensor's. Throws
  /// `shape`.
  public func conv(
    _ packed: PackedConv, _ geometry: ConvGeometry = .same, concatenating second: Tensor? = nil,
    then epilogue: Epilogue = Epilogue()
  ) throws(TensorError) -> Tensor {
    try expect("conv", shape.rank == 4, "[batch, height, width, channels]", shape)
    try expectConcatenable("conv", second, packed.inputs)
    let padding = geometry.padding ?? .half(packed)
    let size = geometry.enlargedTo ?? (shape[1], shape[2])
    let spanHeight = size.height + padding.top + padding.bottom - packed.kernelHeight
    let spanWidth = size.width + padding.left + padding.right - packed.kernelWidth
    let legal =
      geometry.stride > 0 && spanHeight >= 0 && spanWidth >= 0 && size.height > 0 && size.width > 0
      && min(padding.top, padding.left, padding.bottom, padding.right) >= 0
      && max(spanHeight, spanWidth, count) <= Int(Int32.max) * 64
    try expect("conv", legal, "an input not smaller than the kernel, a positive stride", shape)
    let result: Shape = [
      shape[0], spanHeight / geometry.stride + 1, spanWidth / geometry.stride + 1, packed.outputs,
    ]
    try expectSame("conv residual", epilogue.residual, result)
    if let add = epilogue.channelAdd {
      try expect(
        "conv channelAdd", add.count == shape[0] * packed.outputs, "[\(shape[0]), \(packed.outputs)]",
        add.shape)
    }
    try expectDevice("conv", packed.weights.backend, second, epilogue.residual, epilogue.channelAdd)
    let out = try Tensor(backend, result)
    var call = ck_conv_call(
      x1: operand, x2: ck_operand(second), channel_add: ck_operand(epilogue.channelAdd),
      residual: ck_operand(epilogue.residual), out: out.operand, weights: packed.weights.handle,
      batch: Int32(shape[0]), channels1: Int32(shape[3]), channels2: Int32(second?.shape[3] ?? 0),
      source_height: Int32(shape[1]), source_width: Int32(shape[2]), in_height: Int32(size.height),
      in_width: Int32(size.width), stride: Int32(geometry.stride), pad_top: Int32(padding.top),
      pad_left: Int32(padding.left), pad_bottom: Int32(padding.bottom), pad_right: Int32(padding.right),
      activation: epilogue.activation.rawValue)
    let taps = packed.kernelHeight * packed.kernelWidth * packed.inputs
    try backend.call("conv", flops: 2 * Double(result.count) * Double(taps)) { table, device in
      table.conv(device, &call)
    }
    return out
  }
}

extension ConvGeometry.Padding {
  fileprivate static func half(_ packed: PackedConv) -> Self {
    let (rows, columns) = (packed.kernelHeight / 2, packed.kernelWidth / 2)
    return Self(top: rows, left: columns, bottom: rows, right: columns)
  }
}
