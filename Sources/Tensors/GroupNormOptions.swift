/// The parameters of a group normalisation.
public struct GroupNormOptions: Sendable {
  /// Float32 [channels].
  public var scale, shift: Tensor
  /// How many groups the channels form.
  public var groups: Int
  /// Added to the variance.
  public var epsilon: Float

  /// Makes options.
  public init(scale: Tensor, shift: Tensor, groups: Int, epsilon: Float) {
    self.scale = scale
    self.shift = shift
    self.groups = groups
    self.epsilon = epsilon
  }
}
