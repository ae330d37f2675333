import CKernels
import Synchronization

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
  /// `second` holds further channels of the same pixels, read as if concatenated after this tensor's; `norm` is
  /// applied to both as they are read. Throws `shape`.
  public func conv(
    _ packed: PackedConv, _ geometry: ConvGeometry = .same, concatenating second: Tensor? = nil,
    normalisedBy norm: InputNorm? = nil, then epilogue: Epilogue = Epilogue()
  ) throws(TensorError) -> Tensor {
    if backend.wrapsConvolutions.load(ordering: .relaxed), shape.rank == 4,
      max(packed.kernelHeight, packed.kernelWidth) > 1
    {
      return try wrappedConv(
        packed, geometry, concatenating: second, normalisedBy: norm, then: epilogue)
    }
    return try paddedConv(packed, geometry, concatenating: second, normalisedBy: norm, then: epilogue)
  }

  /// A convolution padded with zeros.
  func paddedConv(
    _ packed: PackedConv, _ geometry: ConvGeometry, concatenating second: Tensor?,
    normalisedBy norm: InputNorm?, then epilogue: Epilogue
  ) throws(TensorError) -> Tensor {
    try expect("conv", shape.rank == 4, "[batch, height, width, channels]", shape)
    try expectConcatenable("conv", second, packed.inputs)
    let padding = geometry.padding ?? .half(packed)
    let size = geometry.enlargedTo ?? (shape[1], shape[2])
    let result = try convShape(packed, stride: geometry.stride, padding, size)
    try expectSame("conv residual", epilogue.residual, result)
    if let add = epilogue.channelAdd {
      try expect(
        "conv channelAdd", add.count == shape[0] * packed.outputs, "[\(shape[0]), \(packed.outputs)]",
        add.shape)
    }
    if let factors = norm?.factors {
      let expected: Shape = [2, shape[0], packed.inputs]
      try expect("conv norm", factors.shape == expected, "\(expected)", factors.shape)
    }
    try expectDevice(
      "conv", packed.weights.backend, second, epilogue.residual, epilogue.channelAdd, norm?.factors)
    let out = try epilogue.output(backend, result)
    var call = ck_conv_call(
      x1: operand, x2: ck_operand(second), input_scale: ck_operand(norm?.factors),
      input_shift: ck_operand(norm.map(\.shifts)), channel_add: ck_operand(epilogue.channelAdd),
      residual: ck_operand(epilogue.residual), out: out.operand, weights: packed.weights.handle,
      batch: Int32(shape[0]), channels1: Int32(shape[3]), channels2: Int32(second?.shape[3] ?? 0),
      source_height: Int32(shape[1]), source_width: Int32(shape[2]), in_height: Int32(size.height),
      in_width: Int32(size.width), stride: Int32(geometry.stride), pad_top: Int32(padding.top),
      pad_left: Int32(padding.left), pad_bottom: Int32(padding.bottom), pad_right: Int32(padding.right),
      input_activation: (norm?.activation ?? .none).rawValue, activation: epilogue.activation.rawValue)
    let taps = packed.kernelHeight * packed.kernelWidth * packed.inputs
    try backend.call("conv", flops: 2 * Double(result.count) * Double(taps)) { table, device in
      table.conv(device, &call)
    }
    return out
  }

  /// The result's extents; throws `shape` where there is none.
  private func convShape(
    _ packed: PackedConv, stride: Int, _ padding: ConvGeometry.Padding, _ size: (height: Int, width: Int)
  ) throws(TensorError) -> Shape {
    let sides = [padding.top, padding.left, padding.bottom, padding.right]
    let legal =
      stride > 0 && min(size.height, size.width) > 0
      && sides.allSatisfy { (0...Shape.extentLimit).contains($0) }
      && max(size.height, size.width, stride) <= Shape.extentLimit
    try expect("conv", legal, "a positive stride and size, padding of 0 or more", shape)
    let height = size.height + padding.top + padding.bottom - packed.kernelHeight
    let width = size.width + padding.left + padding.right - packed.kernelWidth
    try expect(
      "conv", height >= 0 && width >= 0, "at least \(packed.kernelHeight)×\(packed.kernelWidth) pixels", shape
    )
    return [shape[0], height / stride + 1, width / stride + 1, packed.outputs]
  }
}

extension InputNorm {
  /// The second half of the factors.
  fileprivate var shifts: Tensor {
    Tensor(
      factors.storage, offset: factors.offset + factors.count / 2 * factors.type.size,
      shape: [factors.shape[1], factors.shape[2]], type: factors.type)
  }
}

extension ConvGeometry.Padding {
  static func half(_ packed: PackedConv) -> Self {
    let (rows, columns) = (packed.kernelHeight / 2, packed.kernelWidth / 2)
    return Self(top: rows, left: columns, bottom: rows, right: columns)
  }
}
