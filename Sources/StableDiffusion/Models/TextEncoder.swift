public import Checkpoints
public import Layers
public import Tensors

/// CLIP's text transformer (Radford 2021): token ids to hidden states, and for SDXL to one pooled vector.
///
/// Loading checks every tensor of the component; encoding runs on the backend's device, one thread at a time.
public struct TextEncoder: Sendable {
  /// The sizes of the network.
  public let config: TextEncoderConfig
  /// The device it runs on.
  let backend: Backend
  private let embeddings: TokenEmbedding
  private let layers: [CLIPLayer]
  private let finalNorm: LayerNorm
  private let projection: Linear?

  /// Loads `text_encoder`, or `text_encoder_2` with its projection, with what is added to it; throws `CheckpointError` or
  /// `TensorError`.
  public init(
    _ model: any ModelSource, _ component: ModelComponent = .textEncoder, backend: Backend,
    adaptation: Adaptation? = nil
  ) throws {
    let config = try model.textEncoderConfig(of: component)
    let weights = try model.weights(of: component)
    self.config = config
    self.backend = backend
    // transformers 5 leaves the outermost name out.
    let prefixed = weights.contains("text_model.final_layer_norm.weight")
    let loader = LayerLoader(
      prefixed ? weights["text_model"] : weights, backend: backend, adaptation: adaptation)
    embeddings = try TokenEmbedding(
      loader["embeddings"], vocabulary: config.vocabularySize, length: config.maximumLength,
      width: config.width)
    layers = try (0..<config.layers).map { index in
      try CLIPLayer(loader["encoder"]["layers"][index], config.block, causal: true)
    }
    finalNorm = try LayerNorm(
      loader["final_layer_norm"], columns: config.width, epsilon: config.block.normEpsilon)
    projection =
      component == .textEncoder2
      ? try Linear(
        LayerLoader(weights, backend: backend, adaptation: adaptation)["text_projection"],
        inputs: config.width,
        outputs: config.projectionWidth, bias: false) : nil
    try weights.finish(allowing: Self.isHarmless)
    try adaptation?.finish()
  }

  /// Hidden states [sequences, 77, width] of token ids, all sequences equally long.
  ///
  /// `skip`: how many of the last layers are left out, as diffusers' `clip_skip`; nil and 0: none. The final
  /// norm is applied in any case. `inserting`: vectors in the place of some tokens' own. Throws `TensorError.shape` for
  /// ids outside the vocabulary and for more tokens or skipped layers than there are.
  public func encode(
    tokenIDs: [[Int32]], skip: Int? = nil, inserting rows: [TokenEmbedding.Inserted] = []
  ) throws -> Tensor {
    let skipped = skip ?? 0
    var hidden = try embedded(tokenIDs, skipped: skipped, rows)
    for layer in layers.dropLast(skipped) { hidden = try layer(hidden) }
    return try finalNorm(hidden)
  }

  /// Hidden states without the final norm, as SDXL reads them, and the first sequence's pooled text [1, projection],
  /// of the second encoder only: the last layer's state, normed, at token `place`, projected.
  func encodeUnnormed(
    tokenIDs: [[Int32]], skip: Int, poolingAt place: Int, inserting rows: [TokenEmbedding.Inserted] = []
  ) throws -> (Tensor, pooled: Tensor?) {
    var hidden = try embedded(tokenIDs, skipped: skip, rows)
    for layer in layers.dropLast(skip) { hidden = try layer(hidden) }
    guard let projection else { return (hidden, nil) }
    var first = try hidden.batch(0..<1)
    for layer in layers.suffix(skip) { first = try layer(first) }
    let rows = try finalNorm(first).reshaped([first.shape[1], config.width])
    return (hidden, try projection(rows.batch(place..<place + 1)))
  }

  private func embedded(
    _ tokenIDs: [[Int32]], skipped: Int, _ rows: [TokenEmbedding.Inserted]
  ) throws -> Tensor {
    guard (0..<layers.count).contains(skipped) else {
      throw TensorError.shape(
        operation: "text encoder", expected: "0 to \(layers.count - 1) skipped layers", found: "\(skipped)")
    }
    let length = tokenIDs.first?.count ?? 0
    guard (1...config.maximumLength).contains(length), tokenIDs.allSatisfy({ $0.count == length }) else {
      throw TensorError.shape(
        operation: "text encoder", expected: "sequences of up to \(config.maximumLength) ids, equally long",
        found: "\(tokenIDs.map(\.count))")
    }
    return try embeddings(tokenIDs.flatMap { $0 }, length: length, inserting: rows)
  }

  /// Tensors that other tools leave in the file and that hidden states do not need: the constant position
  /// numbers, and CLIP's projection into the space it shares with pictures.
  private static func isHarmless(_ name: String) -> Bool {
    [
      "text_model.embeddings.position_ids", "embeddings.position_ids", "text_projection.weight",
      "logit_scale",
    ]
    .contains(name)
  }
}
