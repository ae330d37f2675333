/// The weights of a linear layer, packed for a device.
public struct PackedLinear: Sendable {
  /// Columns of the operand.
  public let inputs: Int
  /// Columns of the product: half the file's rows if gated.
  public let outputs: Int
  /// Whether the product is value·gelu(gate).
  public let gated: Bool
  let weights: PackedWeights

  /// Packs [out, in] weights and an [out] bias.
  ///
  /// `gated`: GEGLU, the first half of the rows are values, the second their gates (Shazeer 2020, as
  /// diffusers lays it out). A 1×1 convolution's [out, in, 1, 1] is taken as well. Throws `shape`,
  /// `byteCount` or `kernel`.
  public init(
    on backend: Backend, weight: WeightSource, bias: WeightSource? = nil, gated: Bool = false
  ) throws(TensorError) {
    let shape = weight.shape
    guard shape.rank == 2 || (shape.rank == 4 && shape[2] == 1 && shape[3] == 1), !gated || shape[0] % 2 == 0
    else {
      throw .shape(
        operation: "linear weights", expected: gated ? "[2·n, in]" : "[out, in]", found: "\(shape)")
    }
    weights = try PackedWeights(backend, weight, kernel: (1, 1), bias: bias, gated: gated)
    inputs = shape[1]
    outputs = gated ? shape[0] / 2 : shape[0]
    self.gated = gated
  }

  /// Packs row-major [out, in] values.
  public init(
    on backend: Backend, weight: [Float], outputs: Int, inputs: Int, bias: [Float]? = nil, gated: Bool = false
  ) throws(TensorError) {
    self = try WeightSource.borrowing(weight, [outputs, inputs], bias) { weight, bias throws(TensorError) in
      try PackedLinear(on: backend, weight: weight, bias: bias, gated: gated)
    }
  }

  /// Bytes of device memory.
  public var bytes: Int { weights.bytes }
}

extension WeightSource {
  /// Lends values, and a bias if there is one, as sources.
  static func borrowing<Result>(
    _ weight: [Float], _ shape: Shape, _ bias: [Float]?,
    _ body: (WeightSource, WeightSource?) throws(TensorError) -> Result
  ) throws(TensorError) -> Result {
    try weight.withUnsafeBufferPointer { values throws(TensorError) in
      let source = WeightSource(bytes: UnsafeRawBufferPointer(values), type: .float32, shape: shape)
      guard let bias else { return try body(source, nil) }
      return try bias.withUnsafeBufferPointer { values throws(TensorError) in
        let bytes = UnsafeRawBufferPointer(values)
        return try body(source, WeightSource(bytes: bytes, type: .float32, shape: [max(values.count, 1)]))
      }
    }
  }
}
