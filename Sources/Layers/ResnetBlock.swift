public import Tensors

/// diffusers' `ResnetBlock2D`: two convolutions behind norms, with a time embedding between and a shortcut.
public struct ResnetBlock: Sendable {
  /// The sizes of one.
  public struct Sizes: Sendable {
    let inputs, outputs, groups: Int
    let epsilon: Float
    let timeChannels: Int?

    /// `inputs` counts the channels of the skip connection too; `timeChannels` nil: no time embedding.
    public init(inputs: Int, outputs: Int, groups: Int, epsilon: Float, timeChannels: Int? = nil) {
      self.inputs = inputs
      self.outputs = outputs
      self.groups = groups
      self.epsilon = epsilon
      self.timeChannels = timeChannels
    }
  }

  /// The norm of the input.
  public let norm1: GroupNorm
  private let conv1: Conv2d
  private let timeProjection: Linear?
  /// The norm between the convolutions.
  public let norm2: GroupNorm
  private let conv2: Conv2d
  private let shortcut: Conv2d?

  /// Takes `norm1`, `conv1`, `time_emb_proj`, `norm2`, `conv2` and, where the channels change, `conv_shortcut`.
  public init(_ loader: LayerLoader, _ sizes: Sizes) throws {
    let (inputs, outputs) = (sizes.inputs, sizes.outputs)
    norm1 = try GroupNorm(
      loader["norm1"], channels: inputs, groups: sizes.groups, epsilon: sizes.epsilon)
    conv1 = try Conv2d(loader["conv1"], inputs: inputs, outputs: outputs, kernel: 3)
    timeProjection = try sizes.timeChannels.map { channels in
      try Linear(loader["time_emb_proj"], inputs: channels, outputs: outputs)
    }
    norm2 = try GroupNorm(
      loader["norm2"], channels: outputs, groups: sizes.groups, epsilon: sizes.epsilon)
    conv2 = try Conv2d(loader["conv2"], inputs: outputs, outputs: outputs, kernel: 3)
    shortcut =
      inputs == outputs
      ? nil : try Conv2d(loader["conv_shortcut"], inputs: inputs, outputs: outputs, kernel: 1)
  }

  /// The addend of each timestep, [steps, outputs], from SiLU of their embeddings [steps, timeChannels].
  ///
  /// Nil for a block without time embedding.
  public func project(activatedTime: Tensor) throws(TensorError) -> Tensor? {
    guard let timeProjection else { return nil }
    return try timeProjection(activatedTime)
  }

  /// [batch, height, width, inputs] → [batch, height, width, outputs].
  ///
  /// `skip` holds the last of the inputs; `timeAddend` is [batch, outputs]. `overwriting`: the result may take the
  /// memory of x, which nobody reads any more.
  public func callAsFunction(
    _ x: Tensor, skip: Tensor? = nil, timeAddend: Tensor? = nil, overwriting: Bool = false
  ) throws(TensorError) -> Tensor {
    let norm = try norm1.factors(x, activation: .silu, concatenating: skip)
    let hidden = try conv1(
      x, concatenating: skip, normalisedBy: norm, then: Epilogue(channelAdd: timeAddend))
    let hiddenNorm = try norm2.factors(hidden, activation: .silu)
    let residual = try shortcut.map { shortcut throws(TensorError) in try shortcut(x, concatenating: skip) }
    var epilogue = Epilogue(residual: residual ?? x)
    epilogue.overwritesResidual = overwriting || residual != nil
    return try conv2(hidden, normalisedBy: hiddenNorm, then: epilogue)
  }

  /// The first convolution of some rows, whose norm is given; for pictures worked on in bands.
  public func first(_ x: Tensor, _ norm: InputNorm, _ geometry: ConvGeometry) throws(TensorError) -> Tensor {
    try conv1(x, geometry, normalisedBy: norm)
  }

  /// The second convolution of some rows, plus the shortcut of the block's input at the rows that it makes.
  public func second(
    _ hidden: Tensor, _ norm: InputNorm, _ geometry: ConvGeometry, input: Tensor
  ) throws(TensorError) -> Tensor {
    let residual = try shortcut.map { shortcut throws(TensorError) in try shortcut(input) }
    return try conv2(hidden, geometry, normalisedBy: norm, then: Epilogue(residual: residual ?? input))
  }
}
