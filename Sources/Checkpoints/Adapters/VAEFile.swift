import FoundationEssentials

/// An autoencoder in a file of its own: in the original layout with or without `first_stage_model.`, or in
/// diffusers', alone or with its configuration.
public struct VAEFile: Sendable {
  private let file: any TensorFile
  private let table: [String: TensorSource]?
  private let sizes: VAESizes?
  private let ownConfig: VAEConfig?

  /// Reads the names and shapes.
  /// - Parameter configuration: `config.json`, of a diffusers folder.
  /// - Throws: `CheckpointError.unknownLayout` for what is no autoencoder.
  public init(_ file: any TensorFile, configuration: [UInt8]? = nil) throws(CheckpointError) {
    self.file = file
    ownConfig = try configuration.map { bytes throws(CheckpointError) in
      try ConfigurationFile.decode(VAEConfig.self, bytes, file: "config.json")
    }
    let names = Set(file.entries.map(\.name))
    if names.contains("decoder.conv_in.weight"), !names.contains("decoder.up.0.block.0.conv1.weight") {
      table = nil
      sizes = ownConfig == nil ? try VAESizes(diffusers: TensorNames(file.entries, prefix: "")) : nil
      return
    }
    guard
      let prefix = ["", OriginalVAE.prefix].first(where: { names.contains($0 + "decoder.conv_in.weight") })
    else {
      throw .unknownLayout(
        file: file.label, reason: "is no autoencoder: expected a tensor 'decoder.conv_in.weight', found none")
    }
    let autoencoder = try OriginalVAE(file.entries, prefix: prefix)
    // A whole model's other networks are not this file's business.
    table = autoencoder.table.finished().filter { prefix.isEmpty || $0.value.name.hasPrefix(prefix) }
    sizes = VAESizes(autoencoder)
  }

  /// The configuration; what sizes do not say is as in the model's own.
  public func config(like model: VAEConfig) throws(CheckpointError) -> VAEConfig {
    if let ownConfig { return ownConfig }
    guard let sizes else { throw .missingFile(expected: ["config.json"]) }
    let fields = VAEConfigFields(sizes, scalingFactor: model.scalingFactor, shiftFactor: model.shiftFactor)
    guard let json = try? JSONEncoder().encode(fields) else {
      throw .unknownLayout(file: file.label, reason: "its sizes cannot be written as JSON")
    }
    return try ConfigurationFile.decode(VAEConfig.self, [UInt8](json), file: file.label)
  }

  /// The weights under diffusers' names.
  public func weights() throws(CheckpointError) -> Weights {
    guard let table else { return Weights(store: try TensorStore(files: [file], component: "vae")) }
    return Weights(store: TensorStore(file: file, table: table, component: "vae"))
  }

  /// Whether a file that lies anywhere is surely an autoencoder and no whole model.
  public static func recognises(_ file: any TensorFile) -> Bool {
    let names = Set(file.entries.map(\.name))
    return ["", OriginalVAE.prefix].contains { names.contains($0 + "decoder.conv_in.weight") }
      && !names.contains { $0.hasPrefix(OriginalUNet.prefix) }
  }
}

/// What shapes say of an autoencoder.
struct VAESizes: Sendable {
  /// Channels of each level, finest first.
  var channels: [Int]
  var layers, latentChannels: Int
  var hasQuantConv, hasPostQuantConv, attends: Bool

  init(_ autoencoder: OriginalVAE) {
    channels = autoencoder.channels
    layers = autoencoder.layers
    latentChannels = autoencoder.latentChannels
    hasQuantConv = autoencoder.hasQuantConv
    hasPostQuantConv = autoencoder.hasPostQuantConv
    attends = autoencoder.attends
  }

  init(diffusers names: TensorNames) throws(CheckpointError) {
    let levels = names.count(below: "decoder.up_blocks", limit: 8)
    channels = []
    for level in (0..<levels).reversed() {
      channels.append(try names.size("decoder.up_blocks.\(level).resnets.0.conv1.weight", 0))
    }
    layers = names.count(below: "decoder.up_blocks.0.resnets", limit: 17) - 1
    latentChannels = try names.size("decoder.conv_in.weight", 1)
    hasQuantConv = names.contains("quant_conv.weight")
    hasPostQuantConv = names.contains("post_quant_conv.weight")
    attends = names.hasAny(below: "decoder.mid_block.attentions.0.")
  }
}

/// A configuration in diffusers' words.
private struct VAEConfigFields: Encodable {
  let latentChannels, layersPerBlock, groups: Int
  let channels: [Int]
  let scalingFactor, shiftFactor: Float
  let usesQuantConv, usesPostQuantConv, attends: Bool

  init(_ sizes: VAESizes, scalingFactor: Float, shiftFactor: Float) {
    latentChannels = sizes.latentChannels
    layersPerBlock = sizes.layers
    groups =
      [32, 16, 8, 4, 2].first { groups in sizes.channels.allSatisfy { $0.isMultiple(of: groups) } } ?? 1
    channels = sizes.channels
    (self.scalingFactor, self.shiftFactor) = (scalingFactor, shiftFactor)
    (usesQuantConv, usesPostQuantConv, attends) = (sizes.hasQuantConv, sizes.hasPostQuantConv, sizes.attends)
  }

  private enum CodingKeys: String, CodingKey {
    case latentChannels = "latent_channels"
    case layersPerBlock = "layers_per_block"
    case groups = "norm_num_groups"
    case channels = "block_out_channels"
    case scalingFactor = "scaling_factor"
    case shiftFactor = "shift_factor"
    case usesQuantConv = "use_quant_conv"
    case usesPostQuantConv = "use_post_quant_conv"
    case attends = "mid_block_add_attention"
  }
}
