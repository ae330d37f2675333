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
  /// Whether the output takes the residual's memory, where both are stored alike: nobody may read the residual, or
  /// a view of it, after this.
  public var overwritesResidual = false

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

  /// Where the output goes.
  func output(_ backend: Backend, _ shape: Shape) throws(TensorError) -> Tensor {
    let type = outputType ?? backend.activationType
    if overwritesResidual, let residual, residual.type == type, residual.shape == shape { return residual }
    return try Tensor(backend, shape, type: type)
  }
}
