public import Tensors

/// Group normalisation (Wu and He 2018), optionally followed by SiLU in the same pass.
public struct GroupNorm: Sendable {
  private let options: GroupNormOptions

  /// Takes `weight` and `bias`, both [channels].
  public init(_ loader: LayerLoader, channels: Int, groups: Int, epsilon: Float) throws {
    options = GroupNormOptions(
      scale: try loader.parameter("weight", shape: [channels]),
      shift: try loader.parameter("bias", shape: [channels]), groups: groups, epsilon: epsilon)
  }

  /// Normalises x, and the channels of `skip` after its own if there are any; the result has both.
  public func callAsFunction(
    _ x: Tensor, activation: Activation = .none, concatenating skip: Tensor? = nil
  ) throws(TensorError) -> Tensor {
    try x.groupNorm(options, activation: activation, concatenating: skip)
  }

  /// The norm of x, and of the channels of `skip` after its own, for the convolution that reads them next.
  public func factors(
    _ x: Tensor, activation: Activation = .none, concatenating skip: Tensor? = nil
  ) throws(TensorError) -> InputNorm {
    try x.groupNormFactors(options, activation: activation, concatenating: skip)
  }
}
