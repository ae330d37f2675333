/// The weights of a convolution, packed for a device.
public struct PackedConv: Sendable {
  /// Channels of the input: of both sources together where there are two.
  public let inputs: Int
  /// Channels of the output.
  public let outputs: Int
  /// The kernel's extents.
  public let kernelHeight, kernelWidth: Int
  let weights: PackedWeights

  /// Packs [out, in, height, width] weights and an [out] bias; [out, in] is taken as a 1×1 kernel.
  ///
  /// Throws `shape`, `byteCount` or `kernel`.
  public init(on backend: Backend, weight: WeightSource, bias: WeightSource? = nil) throws(TensorError) {
    let shape = weight.shape
    guard shape.rank == 4 || shape.rank == 2 else {
      throw .shape(operation: "conv weights", expected: "[out, in, height, width]", found: "\(shape)")
    }
    kernelHeight = shape.rank == 4 ? shape[2] : 1
    kernelWidth = shape.rank == 4 ? shape[3] : 1
    weights = try PackedWeights(
      backend, weight, kernel: (kernelHeight, kernelWidth), bias: bias, gated: false)
    inputs = shape[1]
    outputs = shape[0]
  }

  /// Packs row-major values of shape [out, in, height, width].
  public init(
    on backend: Backend, weight: [Float], shape: Shape, bias: [Float]? = nil
  ) throws(TensorError) {
    self = try WeightSource.borrowing(weight, shape, bias) { weight, bias throws(TensorError) in
      try PackedConv(on: backend, weight: weight, bias: bias)
    }
  }

  /// Bytes of device memory.
  public var bytes: Int { weights.bytes }
}
