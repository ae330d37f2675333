/// A group norm that a convolution applies to its input as it reads it: see `Tensor.groupNormFactors`.
public struct InputNorm: Sendable {
  /// Float32 [2, batch, channels]: what to multiply by, then what to add.
  let factors: Tensor
  /// None or SiLU.
  let activation: Activation
}
