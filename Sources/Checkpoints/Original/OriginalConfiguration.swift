import FoundationEssentials

/// diffusers' configurations for a file in the original layout, which has none: sizes from the tensors' shapes,
/// the rest from the family.
///
/// Shapes do not say how many heads and groups there are. SD 1.x has 8 heads everywhere, SD 2.x and SDXL heads of 64
/// channels, all 32 groups (CompVis `v1-inference.yaml`, Stability-AI `v2-inference-v.yaml`, `sd_xl_base.yaml`).
struct OriginalConfiguration {
  let unet: UNetConfig
  let vae: VAEConfig
  let texts: [TextEncoderConfig]
  let scheduler: SchedulerConfig

  init(
    _ network: OriginalUNet, _ autoencoder: OriginalVAE, _ encoders: [OriginalText],
    _ prediction: OriginalPrediction, family: ModelFamily, file: String
  ) throws(CheckpointError) {
    let pooled = encoders.count > 1 ? encoders[1].projectionWidth : nil
    unet = try Self.decode(UNetFields(network, family, prediction, pooledWidth: pooled), file)
    vae = try Self.decode(VAEFields(autoencoder, family), file)
    var texts: [TextEncoderConfig] = []
    for encoder in encoders { texts.append(try Self.decode(TextFields(encoder), file)) }
    self.texts = texts
    scheduler = try Self.decode(SchedulerFields(prediction, family), file)
  }

  private static func decode<Value: Decodable>(
    _ fields: some Encodable, _ file: String
  ) throws(CheckpointError) -> Value {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    guard let json = try? encoder.encode(fields) else {
      throw .unknownLayout(file: file, reason: "its sizes cannot be written as JSON")
    }
    return try ConfigurationFile.decode(Value.self, [UInt8](json), file: file)
  }

  /// The groups of every group norm: 32, or for smaller networks the largest power of two that divides them all.
  fileprivate static func groups(_ channels: [Int]) -> Int {
    [32, 16, 8, 4, 2].first { groups in channels.allSatisfy { $0.isMultiple(of: groups) } } ?? 1
  }

  /// Heads of a level: as many as give `channels` each, else 8, or what divides the width.
  fileprivate static func heads(_ width: Int, channels: Int?) -> Int {
    if let channels, width.isMultiple(of: channels) { return width / channels }
    return [8, 4, 2].first { width.isMultiple(of: $0) } ?? 1
  }
}

private struct UNetFields: Encodable {
  let inChannels, outChannels, sampleSize, crossAttentionDim, normNumGroups: Int
  let blockOutChannels, layersPerBlock, transformerLayersPerBlock, attentionHeadDim: [Int]
  let downBlockTypes, upBlockTypes: [String]
  let useLinearProjection: Bool
  let additionEmbedType: String?
  let additionTimeEmbedDim, projectionClassEmbeddingsInputDim: Int?

  /// - Parameter pooledWidth: Of an SDXL: the rest of what it is told are six numbers, all as wide.
  init(
    _ network: OriginalUNet, _ family: ModelFamily, _ prediction: OriginalPrediction, pooledWidth: Int?
  ) {
    let channels = network.down.map(\.channels)
    let headChannels = family == .sd1 ? nil : 64
    let sampleSize = family == .sdxl ? 128 : family == .sd2 && prediction.predictsV ? 96 : 64
    additionEmbedType = network.additionInputs.map { _ in "text_time" }
    additionTimeEmbedDim = network.additionInputs.map { ($0 - (pooledWidth ?? 0)) / 6 }
    projectionClassEmbeddingsInputDim = network.additionInputs
    inChannels = network.inputChannels
    outChannels = network.outputChannels
    self.sampleSize = sampleSize
    crossAttentionDim = network.contextWidth ?? 0
    normNumGroups = OriginalConfiguration.groups(channels)
    blockOutChannels = channels
    layersPerBlock = network.down.map(\.layers)
    transformerLayersPerBlock = network.down.map { max($0.transformerLayers, 1) }
    attentionHeadDim = channels.map { OriginalConfiguration.heads($0, channels: headChannels) }
    downBlockTypes = network.down.map { $0.transformerLayers > 0 ? "CrossAttnDownBlock2D" : "DownBlock2D" }
    upBlockTypes = network.up.map { $0.transformerLayers > 0 ? "CrossAttnUpBlock2D" : "UpBlock2D" }
    useLinearProjection = network.usesLinearProjection
  }
}

private struct VAEFields: Encodable {
  let latentChannels, layersPerBlock, normNumGroups: Int
  let blockOutChannels: [Int]
  let useQuantConv, usePostQuantConv, midBlockAddAttention: Bool
  let scalingFactor: Float?
  let forceUpcast = true

  init(_ autoencoder: OriginalVAE, _ family: ModelFamily) {
    scalingFactor = family == .sdxl ? 0.13025 : nil
    latentChannels = autoencoder.latentChannels
    layersPerBlock = autoencoder.layers
    normNumGroups = OriginalConfiguration.groups(autoencoder.channels)
    blockOutChannels = autoencoder.channels
    useQuantConv = autoencoder.hasQuantConv
    usePostQuantConv = autoencoder.hasPostQuantConv
    midBlockAddAttention = autoencoder.attends
  }
}

private struct TextFields: Encodable {
  let vocabSize, hiddenSize, intermediateSize, numHiddenLayers, numAttentionHeads, maxPositionEmbeddings: Int
  let hiddenAct: String
  let projectionDim: Int?

  init(_ encoder: OriginalText) {
    vocabSize = encoder.vocabularySize
    hiddenSize = encoder.width
    intermediateSize = encoder.feedForwardWidth
    numHiddenLayers = encoder.layers
    numAttentionHeads = OriginalConfiguration.heads(encoder.width, channels: 64)
    maxPositionEmbeddings = encoder.maximumLength
    projectionDim = encoder.projectionWidth
    hiddenAct = encoder.kind == .openAI ? "quick_gelu" : "gelu"
  }
}

/// What the `scheduler_config.json` of Stable Diffusion 1.5, or of SDXL base, says, and the spacing its class has.
private struct SchedulerFields: Encodable {
  let className: String
  let numTrainTimesteps = 1000
  let betaStart = 0.00085
  let betaEnd = 0.012
  let betaSchedule = "scaled_linear"
  let setAlphaToOne = false
  let skipPrkSteps = true
  let stepsOffset = 1
  let timestepSpacing = "leading"
  let clipSample = false
  let predictionType: String
  let rescaleBetasZeroSnr: Bool

  private enum CodingKeys: String, CodingKey {
    case className = "_className"
    case numTrainTimesteps, betaStart, betaEnd, betaSchedule, setAlphaToOne, skipPrkSteps, stepsOffset
    case timestepSpacing, clipSample, predictionType, rescaleBetasZeroSnr
  }

  init(_ prediction: OriginalPrediction, _ family: ModelFamily) {
    className = family == .sdxl ? "EulerDiscreteScheduler" : "PNDMScheduler"
    predictionType = prediction.predictsV ? "v_prediction" : "epsilon"
    rescaleBetasZeroSnr = prediction.hasZeroSNR
  }
}
