/// A group norm that a convolution applies to its input as it reads it: see `Tensor.groupNormFactors`.
public struct InputNorm: Sendable {
  /// The norm of one picture from factors made elsewhere, one a channel.
  public init(
    scales: [Float], shifts: [Float], activation: Activation, on backend: Backend
  ) throws(TensorError) {
    factors = try backend.parameters(scales + shifts, shape: [2, 1, scales.count])
    self.activation = activation
  }

  init(factors: Tensor, activation: Activation) {
    self.factors = factors
    self.activation = activation
  }

  /// What one picture's channels are multiplied by, then what is added.
  public func values() throws(TensorError) -> (scales: [Float], shifts: [Float]) {
    let values = try factors.floats()
    return (Array(values.prefix(values.count / 2)), Array(values.suffix(values.count / 2)))
  }

  /// Float32 [2, batch, channels]: what to multiply by, then what to add.
  let factors: Tensor
  /// None or SiLU.
  let activation: Activation
}
