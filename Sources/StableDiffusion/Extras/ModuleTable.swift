import Checkpoints

/// Finds a network's modules by every name LoRA files have for them.
///
/// A table of whole names: underscores in a flat name cannot be told from the dots they stand for.
struct ModuleTable {
  private var paths: [String: String] = [:]
  private var flat: [String: String] = [:]

  /// - Parameters:
  ///   - modules: The network's own paths, diffusers' or transformers'.
  ///   - unet: The configuration if the network is a UNet.
  init(_ modules: [String], unet: UNetConfig? = nil) {
    let original = unet.map(OriginalModulePaths.init)
    for module in modules {
      add(module, for: module)
      if let other = original?.original(module) { add(other, for: module) }
      // transformers 5 leaves the outermost name out; LoRAs have it.
      if unet == nil, !module.hasPrefix("text_model.") { add("text_model.\(module)", for: module) }
    }
  }

  private mutating func add(_ name: String, for module: String) {
    paths[name] = module
    flat[String(name.map { $0 == "." ? "_" : $0 })] = module
  }

  /// The network's path of the module a LoRA means; nil if it has none.
  func path(of module: LoRAModule) -> String? {
    module.isFlat ? flat[module.name] : paths[module.name]
  }
}
