import Checkpoints
import Layers
import Tensors

/// Loads the blocks of a UNet in the order the network runs them, so that channels and slots are counted, not
/// computed.
struct UNetBuilder {
  private let config: UNetConfig
  private let loader: LayerLoader
  private var channels: Int
  private var skipChannels: [Int]
  private var resnets = 0
  private var attentions = 0

  init(_ config: UNetConfig, _ loader: LayerLoader) {
    self.config = config
    self.loader = loader
    channels = config.blockOutputChannels[0]
    skipChannels = [channels]
  }

  mutating func downBlocks() throws -> [UNetDownBlock] {
    var blocks: [UNetDownBlock] = []
    for (level, kind) in config.downBlocks.enumerated() {
      let place = loader["down_blocks"][level]
      var stages: [UNetStage] = []
      for index in 0..<config.layersPerBlock[level] {
        stages.append(try stage(place, index, level: level, attends: kind == .crossAttention))
        skipChannels.append(channels)
      }
      var downsample: Downsample?
      if level < config.downBlocks.count - 1 {
        downsample = try Downsample(place["downsamplers"][0], channels: channels, geometry: .halving)
        skipChannels.append(channels)
      }
      blocks.append(UNetDownBlock(stages: stages, downsample: downsample))
    }
    return blocks
  }

  mutating func midBlock() throws -> UNetMidBlock {
    let level = config.blockOutputChannels.count - 1
    let place = loader["mid_block"]
    return UNetMidBlock(
      first: try stage(place, 0, level: level, attends: true),
      second: try stage(place, 1, level: level, attends: false))
  }

  mutating func upBlocks() throws -> [UNetUpBlock] {
    var blocks: [UNetUpBlock] = []
    let levels = config.blockOutputChannels.count
    for (index, kind) in config.upBlocks.enumerated() {
      let level = levels - 1 - index
      let place = loader["up_blocks"][index]
      var stages: [UNetStage] = []
      // One more than on the way down: the downsampler's output, or conv_in's, is read too.
      for layer in 0...config.layersPerBlock[level] {
        guard let skip = skipChannels.popLast() else { throw unbalanced() }
        stages.append(
          try stage(place, layer, level: level, skip: skip, attends: kind == .crossAttention))
      }
      let upsample = level > 0 ? try Upsample(place["upsamplers"][0], channels: channels) : nil
      blocks.append(UNetUpBlock(stages: stages, upsample: upsample))
    }
    guard skipChannels.isEmpty else { throw unbalanced() }
    return blocks
  }

  private mutating func stage(
    _ place: LayerLoader, _ index: Int, level: Int, skip: Int = 0, attends: Bool
  ) throws -> UNetStage {
    let outputs = config.blockOutputChannels[level]
    let sizes = ResnetBlock.Sizes(
      inputs: channels + skip, outputs: outputs, groups: config.normGroups, epsilon: config.normEpsilon,
      timeChannels: config.timeEmbeddingChannels)
    let resnet = try ResnetBlock(place["resnets"][index], sizes)
    let transformer =
      attends ? try SpatialTransformer(place["attentions"][index], transformerSizes(level)) : nil
    defer {
      channels = outputs
      resnets += 1
      attentions += attends ? 1 : 0
    }
    return UNetStage(
      resnet: resnet, resnetSlot: resnets, attention: transformer, attentionSlot: attentions)
  }

  private func transformerSizes(_ level: Int) -> SpatialTransformer.Sizes {
    SpatialTransformer.Sizes(
      channels: config.blockOutputChannels[level], contextWidth: config.crossAttentionWidth,
      heads: config.attentionHeads[level], layers: config.transformerLayers[level],
      groups: config.normGroups, linearProjection: config.usesLinearProjection)
  }

  private func unbalanced() -> CheckpointError {
    .unsupported(
      file: "unet/config.json", key: "layers_per_block", found: "\(config.layersPerBlock)",
      expected: "levels whose skip connections come out even")
  }
}
