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

  /// The mean and variance of each channel's group in one picture, [1, …, channels].
  func moments(_ x: Tensor) throws(TensorError) -> (means: [Double], variances: [Double]) {
    let count = options.scale.count
    var plain = options
    plain.scale = try x.backend.parameters([Float](repeating: 1, count: count), shape: [count])
    plain.shift = try x.backend.parameters([Float](repeating: 0, count: count), shape: [count])
    let (scales, shifts) = try x.groupNormFactors(plain).values()
    return (
      zip(scales, shifts).map { -Double($1) / Double($0) },
      scales.map { max(1 / (Double($0) * Double($0)) - Double(options.epsilon), 0) }
    )
  }

  /// The norm, then SiLU, of a picture whose groups have these means and variances, one a channel.
  func factors(means: [Double], variances: [Double]) throws(TensorError) -> InputNorm {
    let (scale, shift) = (try options.scale.floats(), try options.shift.floats())
    let scales = zip(scale, variances).map {
      Double($0) / ($1 + Double(options.epsilon)).squareRoot()
    }
    let shifts = means.indices.map { Double(shift[$0]) - means[$0] * scales[$0] }
    return try InputNorm(
      scales: scales.map(Float.init), shifts: shifts.map(Float.init), activation: .silu,
      on: options.scale.backend)
  }

  /// The norm of x, and of the channels of `skip` after its own, for the convolution that reads them next.
  public func factors(
    _ x: Tensor, activation: Activation = .none, concatenating skip: Tensor? = nil
  ) throws(TensorError) -> InputNorm {
    try x.groupNormFactors(options, activation: activation, concatenating: skip)
  }
}
