import Checkpoints
import Generation
import Layers
import Tensors

/// A model's UNet and text encoder with what LoRAs add to them.
///
/// Changing the LoRAs loads the networks anew, from packed weights that are kept: only modules whose additions
/// changed are read, merged and packed. Belongs to its pipeline's thread.
final class AdaptedNetworks {
  /// The networks in one state.
  struct Networks {
    let unet: UNet
    let textEncoder: TextEncoder
    /// SDXL's.
    let second: SecondTextEncoder?

    /// Width of what the text encoders give together.
    var textWidth: Int { textEncoder.config.width + (second?.encoder.config.width ?? 0) }
  }

  /// Packed weights, in use and kept.
  let store: PackedStore
  private let model: any ModelSource
  private let backend: Backend
  private let merger: LowRankMerger
  private var loaded: (key: String, networks: Networks)?
  private var tables: [LoRAModule.Network: ModuleTable] = [:]
  private var files: [(identity: String, file: LoRAFile)] = []
  private var hypernetworks: [(identity: String, network: Hypernetwork)] = []

  /// Headers of LoRA files, and hypernetworks, kept.
  private static let fileLimit = 16, hypernetworkLimit = 4

  /// Sizes whose evaluation is recorded.
  private let recordings: Int

  init(_ model: any ModelSource, backend: Backend, spareBytes: Int, recordings: Int) {
    self.recordings = recordings
    self.model = model
    self.backend = backend
    store = PackedStore(spareBytes: spareBytes)
    merger = LowRankMerger(threads: backend.threads)
  }

  /// Loads the networks as their files are.
  /// - Parameter progress: Called when the text encoder is there.
  func load(progress: () -> Void) throws -> Networks {
    let textEncoder = try TextEncoder(model, backend: backend, adaptation: adaptation(.textEncoder, [:]))
    let second = try SecondTextEncoder(model, backend: backend, adaptation: adaptation(.textEncoder2, [:]))
    progress()
    let unet = try UNet(
      model, backend: backend, adaptation: adaptation(.unet, [:]), recordings: recordings)
    let networks = Networks(unet: unet, textEncoder: textEncoder, second: second)
    loaded = ("", networks)
    return networks
  }

  /// The networks with these LoRAs.
  /// - Throws: `UserError` for a LoRA that does not fit the model; the next call then loads what it needs.
  private func networks(_ loras: [LoRAUse]) throws -> Networks {
    let key = loras.map(\.key).joined(separator: "|")
    if let loaded, loaded.key == key { return loaded.networks }
    // Names first: a mistake in them costs nothing.
    var updates: [LoRAModule.Network: [String: [LowRankUpdate]]] = [:]
    for lora in loras { try add(lora, to: &updates) }
    // What only the old state needs may go while the new one is made.
    loaded = nil
    do {
      let networks = Networks(
        unet: try UNet(
          model, backend: backend, adaptation: adaptation(.unet, updates[.unet] ?? [:]),
          recordings: recordings),
        textEncoder: try TextEncoder(
          model, backend: backend, adaptation: adaptation(.textEncoder, updates[.textEncoder] ?? [:])),
        second: try SecondTextEncoder(
          model, backend: backend, adaptation: adaptation(.textEncoder2, updates[.textEncoder2] ?? [:])))
      loaded = (key, networks)
      return networks
    } catch let error as CheckpointError where !loras.isEmpty {
      throw Self.unusable(loras.map(\.name).joined(separator: "', '"), "\(error)")
    }
  }

  /// The networks with these LoRAs and hypernetworks.
  func networks(_ asked: PromptExtras) throws -> Networks {
    let networks = try networks(asked.loras)
    if asked.hypernetworks.isEmpty { return networks }
    var unet = networks.unet
    unet.hypernetworks = try Hypernetworks(asked.hypernetworks.map { (try hypernetwork($0), $0.weight) })
    return Networks(unet: unet, textEncoder: networks.textEncoder, second: networks.second)
  }

  /// Frees what is not in use now.
  func giveMemoryBack() {
    loaded?.networks.unet.forgetRecordings()
    hypernetworks = []
    store.limit(spareBytes: 0)
  }

  private func hypernetwork(_ use: HypernetworkUse) throws -> Hypernetwork {
    if let known = hypernetworks.first(where: { $0.identity == use.file.identity }) { return known.network }
    do {
      let network = try Hypernetwork(HypernetworkFile(use.file.open()), on: backend)
      hypernetworks.append((use.file.identity, network))
      if hypernetworks.count > Self.hypernetworkLimit { hypernetworks.removeFirst() }
      return network
    } catch let error as CheckpointError {
      throw UserError(
        code: "unusable_hypernet", message: "hypernet '\(ExtraNetwork.shown(use.name))': \(error)",
        field: "prompt")
    }
  }

  private func adaptation(
    _ network: LoRAModule.Network, _ updates: [String: [LowRankUpdate]]
  ) -> Adaptation {
    Adaptation(component: network.rawValue, updates: updates, store: store, merger: merger)
  }

  private func add(
    _ lora: LoRAUse, to updates: inout [LoRAModule.Network: [String: [LowRankUpdate]]]
  ) throws {
    do throws(CheckpointError) {
      let file = try open(lora.file)
      try checkFamily(file, lora.name)
      for pair in file.pairs {
        let network = pair.module.network
        guard let path = try table(network).path(of: pair.module) else {
          throw .unknownLayout(
            file: file.label,
            reason: "tensor '\(ExtraNetwork.shown(pair.down))' is for a module the model does not have")
        }
        let weight = lora.weight(network)
        if weight == 0 { continue }
        updates[network, default: [:]][path, default: []].append(
          LowRankUpdate(identity: lora.file.identity, file: file, pair: pair, multiplier: weight))
      }
    } catch { throw Self.unusable(lora.name, "\(error)") }
  }

  private func checkFamily(_ file: LoRAFile, _ name: String) throws(CheckpointError) {
    let width = try model.unetConfig().crossAttentionWidth
    let found = file.family
    let own = try model.family().rawValue
    let fits = file.contextWidth.map { $0 == width } ?? (found == nil || found == own)
    guard !fits || (found == "sdxl" && own != "sdxl") else { return }
    throw .unknownLayout(
      file: file.label,
      reason: "is for \(Self.words(found)) (text width \(file.contextWidth.map(String.init) ?? "unknown")); "
        + "the model is \(Self.words(own)) (text width \(width))")
  }

  private static func words(_ family: String?) -> String {
    switch family {
    case "sd1": "Stable Diffusion 1.x"
    case "sd2": "Stable Diffusion 2.x"
    case "sdxl": "SDXL"
    default: "another family"
    }
  }

  private func table(_ network: LoRAModule.Network) throws(CheckpointError) -> ModuleTable {
    if let known = tables[network] { return known }
    let table =
      switch network {
      case .unet: ModuleTable(try model.weights(of: .unet).modulePaths, unet: try model.unetConfig())
      case .textEncoder: ModuleTable(try model.weights(of: .textEncoder).modulePaths)
      case .textEncoder2:
        try model.family() == .sdxl
          ? ModuleTable(try model.weights(of: .textEncoder2).modulePaths) : ModuleTable([])
      }
    tables[network] = table
    return table
  }

  private func open(_ file: ExtraFile) throws(CheckpointError) -> LoRAFile {
    if let known = files.first(where: { $0.identity == file.identity }) { return known.file }
    let opened = try LoRAFile(file.open())
    files.append((file.identity, opened))
    if files.count > Self.fileLimit { files.removeFirst() }
    return opened
  }

  private static func unusable(_ name: String, _ reason: String) -> UserError {
    UserError(
      code: "unusable_lora", message: "lora '\(ExtraNetwork.shown(name))': \(reason)", field: "prompt")
  }
}
