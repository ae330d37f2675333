public import Checkpoints
public import Layers
public import Tensors

/// diffusers' `UNet2DConditionModel` of Stable Diffusion 1.x, 2.x and XL (Rombach 2022, Podell 2023).
///
/// What does not depend on the latents is made once, outside the loop: `prepare` for the prompt,
/// `timeEmbeddings` for the steps. Runs on the backend's device, one thread at a time.
public struct UNet: Sendable {
  /// The sizes of the network.
  public let config: UNetConfig
  /// What changes the contexts of its attentions.
  public var hypernetworks: Hypernetworks?
  private let backend: Backend
  private let time1: Linear
  private let time2: Linear
  private let guidance: Linear?
  private let addition: UNetAddition?
  private let input: Conv2d
  private let down: [UNetDownBlock]
  private let middle: UNetMidBlock
  private let up: [UNetUpBlock]
  private let outputNorm: GroupNorm
  private let output: Conv2d
  private let graphs: GraphCache<UNetGraph.Key, UNetGraph>?
  /// Alike for copies of one network, whose weights are the same.
  let identity = Identity()

  /// Compared by identity.
  final class Identity: Sendable {}

  /// Loads `unet` of a model, with what is added to it; throws `CheckpointError` or `TensorError`.
  public init(
    _ model: any ModelSource, backend: Backend, adaptation: Adaptation? = nil, recordings: Int = 4
  ) throws {
    try self.init(
      try model.unetConfig(), try model.weights(of: .unet), backend: backend, adaptation: adaptation,
      recordings: recordings)
  }

  /// Loads from weights with diffusers' names; every tensor must be used.
  /// - Parameter recordings: Sizes whose evaluation is kept as a recording, on a device that records.
  public init(
    _ config: UNetConfig, _ weights: Weights, backend: Backend, adaptation: Adaptation? = nil,
    recordings: Int = 4
  ) throws {
    let loader = LayerLoader(weights, backend: backend, adaptation: adaptation)
    let (base, time) = (config.blockOutputChannels[0], config.timeEmbeddingChannels)
    self.config = config
    self.backend = backend
    graphs = RecordedGraph.isServed(by: backend) ? GraphCache(limit: recordings) : nil
    time1 = try Linear(loader["time_embedding"]["linear_1"], inputs: base, outputs: time)
    time2 = try Linear(loader["time_embedding"]["linear_2"], inputs: time, outputs: time)
    guidance = try config.guidanceEmbeddingWidth.map { width in
      try Linear(loader["time_embedding"]["cond_proj"], inputs: width, outputs: base, bias: false)
    }
    addition = try config.addition.map { try UNetAddition(loader["add_embedding"], $0, config) }
    input = try Conv2d(loader["conv_in"], inputs: config.inputChannels, outputs: base, kernel: 3)
    var builder = UNetBuilder(config, loader)
    down = try builder.downBlocks()
    middle = try builder.midBlock()
    up = try builder.upBlocks()
    outputNorm = try GroupNorm(
      loader["conv_norm_out"], channels: base, groups: config.normGroups, epsilon: config.normEpsilon)
    output = try Conv2d(loader["conv_out"], inputs: base, outputs: config.outputChannels, kernel: 3)
    try weights.finish()
    try adaptation?.finish()
  }

  /// Keys and values of the prompt's hidden states [batch, tokens, cross-attention width].
  ///
  /// SDXL is also given the texts' `pooled` vectors [batch, pooled width] and six numbers about the picture: height and
  /// width of the original, top and left of the crop, height and width of the target.
  public func prepare(
    hiddenStates: Tensor, pooled: Tensor? = nil, sizes: [Float] = []
  ) throws -> UNetConditioning {
    guard hiddenStates.shape.rank == 3, hiddenStates.shape.last == config.crossAttentionWidth else {
      throw TensorError.shape(
        operation: "unet", expected: "hidden states [batch, tokens, \(config.crossAttentionWidth)]",
        found: "\(hiddenStates.shape)")
    }
    let keysAndValues = try allStages.compactMap { stage in
      try stage.attention?.prepare(hiddenStates, hypernetworks: hypernetworks)
    }
    return UNetConditioning(
      batch: hiddenStates.shape[0], keysAndValues: keysAndValues,
      timeAddition: try timeAddition(pooled, sizes, batch: hiddenStates.shape[0]))
  }

  private func timeAddition(_ pooled: Tensor?, _ sizes: [Float], batch: Int) throws -> Tensor? {
    guard let addition else { return nil }
    guard let pooled, pooled.shape[0] == batch else {
      throw TensorError.shape(
        operation: "unet", expected: "a pooled vector for each of \(batch) texts",
        found: pooled.map { "\($0.shape)" } ?? "none")
    }
    return try addition(pooled: pooled, sizes, backend: backend)
  }

  /// The embeddings of all steps' timesteps, which may be fractions; at least one.
  /// - Parameter guidanceScale: What a model that takes it as an input is told; others ignore it.
  public func timeEmbeddings(_ timesteps: [Float], guidanceScale: Float = 1) throws -> UNetTimeEmbeddings {
    var sinusoids = try backend.timestepEmbedding(
      timesteps,
      TimestepEmbedding(
        dimension: config.blockOutputChannels[0], flipSinToCos: config.flipsSinToCos,
        downscaleFreqShift: config.frequencyShift))
    if let guidance, let width = config.guidanceEmbeddingWidth {
      // w = 1000 · (scale − 1), sines first (Luo 2023, diffusers' get_guidance_scale_embedding).
      let scale = try backend.timestepEmbedding(
        [Float](repeating: (guidanceScale - 1) * 1000, count: timesteps.count),
        TimestepEmbedding(dimension: width, flipSinToCos: false, downscaleFreqShift: 1))
      sinusoids = try guidance(scale, residual: sinusoids)
    }
    let hidden = try time1(sinusoids, activation: .silu)
    // What differs from text to text is added before the activation: nothing more can be made before the loop.
    guard addition == nil else {
      return UNetTimeEmbeddings(
        timesteps: timesteps, addends: [], embeddings: try time2(hidden), guidanceScale: guidanceScale)
    }
    return UNetTimeEmbeddings(
      timesteps: timesteps, addends: try addends(time2(hidden, activation: .silu)),
      guidanceScale: guidanceScale)
  }

  /// Every use of the time embedding is SiLU of it.
  private func addends(_ activated: Tensor) throws -> [Tensor] {
    try allStages.compactMap { stage in try stage.resnet.project(activatedTime: activated) }
  }

  /// Each residual layer's addend at a step, [batch, channels].
  private func addends(_ moment: UNetMoment) throws -> [Tensor] {
    let (time, conditioning) = (moment.time, moment.conditioning)
    guard let embeddings = time.embeddings, let addition = conditioning.timeAddition else {
      return try time.step(moment.step).map { try $0.repeated(conditioning.batch) }
    }
    let embedding = try embeddings.batch(moment.step..<moment.step + 1).repeated(conditioning.batch)
    return try addends(embedding.adding(addition).activated(.silu))
  }

  /// The addends of rows at steps of their own, one after the other.
  private func addends(_ moments: [UNetMoment]) throws -> [Tensor] {
    let each = try moments.map { try addends($0) }
    guard each.count > 1 else { return each.first ?? [] }
    return try each[0].indices.map { layer in try Tensor.concatenatedBatch(each.map { $0[layer] }) }
  }

  /// The prediction for latents [batch, h, w, channels] at step `step` of `time`: the same shape, in float32.
  ///
  /// `condition` holds the further channels of an inpainting model, of the same pixels: mask and masked latents.
  ///
  /// Height and width may be any number of at least 1. `recording` false: nothing is recorded, which takes less
  /// memory and more time. Throws `TensorError.shape` if the conditioning is for
  /// another batch or the step does not exist.
  public func callAsFunction(
    _ latents: Tensor, concatenating condition: Tensor? = nil, step: Int, time: UNetTimeEmbeddings,
    conditioning: UNetConditioning, recording: Bool = true
  ) throws -> Tensor {
    try self(
      latents, concatenating: condition,
      moments: [UNetMoment(step: step, time: time, conditioning: conditioning)], conditioning: conditioning,
      recording: recording)
  }

  /// The prediction for rows of which some are at one step and some at another: `moments` say it in their order, and
  /// `conditioning` is that of all rows together.
  func callAsFunction(
    _ latents: Tensor, concatenating condition: Tensor? = nil, moments: [UNetMoment],
    conditioning: UNetConditioning, recording: Bool = true
  ) throws -> Tensor {
    try check(latents, condition, moments, conditioning)
    let context = UNetStage.Context(
      timeAddends: try addends(moments), keysAndValues: conditioning.keysAndValues,
      hypernetworks: hypernetworks)
    // Hypernetworks are other weights under the same shapes, and so are wrapped edges and further channels: what was
    // recorded would not be theirs.
    guard let graphs, recording, hypernetworks == nil, condition == nil, !backend.isWrapping,
      !backend.isProfiled
    else {
      return try run(latents, condition, context)
    }
    return try graphs.perform(
      UNetGraph.Key(latents, context),
      record: {
        try UNetGraph(latents, context) { latents, context throws(TensorError) in
          try run(latents, nil, context)
        }
      },
      replay: { try $0.predict(latents, context) }, run: { try run(latents, nil, context) })
  }

  private func check(
    _ latents: Tensor, _ condition: Tensor?, _ moments: [UNetMoment], _ conditioning: UNetConditioning
  ) throws(TensorError) {
    guard latents.shape.rank == 4,
      latents.shape[3] + (condition?.shape[3] ?? 0) == config.inputChannels,
      latents.shape[0] == conditioning.batch,
      moments.reduce(0, { $0 + $1.conditioning.batch }) == conditioning.batch,
      moments.allSatisfy({ $0.time.timesteps.indices.contains($0.step) })
    else {
      throw TensorError.shape(
        operation: "unet",
        expected: "latents [\(conditioning.batch), h, w, \(config.inputChannels)], "
          + "steps below \(moments.map(\.time.timesteps.count))",
        found: "\(latents.shape), steps \(moments.map(\.step))")
    }
  }

  /// Gives the memory of what was recorded back; it is recorded again when it is next needed.
  public func forgetRecordings() { graphs?.removeAll() }

  private func run(
    _ latents: Tensor, _ condition: Tensor?, _ context: UNetStage.Context
  ) throws(TensorError) -> Tensor {
    var x = try input(latents, concatenating: condition)
    var skips = [x]
    for block in down { x = try block(x, skips: &skips, context) }
    x = try middle(x, context)
    for block in up { x = try block(x, skips: &skips, context) }
    return try output(
      x, normalisedBy: outputNorm.factors(x, activation: .silu), then: Epilogue(outputType: .float32))
  }

  /// The stages in the order of their slots.
  private var allStages: [UNetStage] {
    down.flatMap(\.stages) + [middle.first, middle.second] + up.flatMap(\.stages)
  }
}
