/// What a convolution does to its sums while they are in registers:
/// activation(sum + bias + channelAdd) + residual.
public struct Epilogue: Sendable {
  /// Added to every pixel: [batch, channels], for example the time embedding.
  public var channelAdd: Tensor?
  /// Applied before the residual.
  public var activation: Activation
  /// Added last; the output's shape.
  public var residual: Tensor?
  /// How the output is stored, nil: as activations are; float32 for what a network gives back.
  public var outputType: ElementType?

  /// Makes an epilogue; the default adds only the bias.
  public init(
    channelAdd: Tensor? = nil, activation: Activation = .none, residual: Tensor? = nil,
    outputType: ElementType? = nil
  ) {
    self.channelAdd = channelAdd
    self.activation = activation
    self.residual = residual
    self.outputType = outputType
  }
}
