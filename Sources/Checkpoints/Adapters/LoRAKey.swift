/// What the name of a tensor in a LoRA file says: which network's module it is for and which matrix it is.
///
/// Understood are kohya's names (`lora_unet_…`, `lora_te_…`, dots of the path as underscores) and those of diffusers
/// and peft (`unet.….lora_A.weight`, `.lora.down.weight`, the older `.processor.to_q_lora.down.weight`).
public struct LoRAKey: Equatable {
  /// Which matrix it is.
  enum Role {
    case down, up, middle, alpha
  }

  let module: LoRAModule
  let role: Role

  private static let suffixes: [(String, Role)] = [
    (".lora_down.weight", .down), (".lora_up.weight", .up), (".lora_mid.weight", .middle),
    (".lora_linear_layer.down.weight", .down), (".lora_linear_layer.up.weight", .up),
    (".lora.down.weight", .down), (".lora.up.weight", .up),
    ("_lora.down.weight", .down), ("_lora.up.weight", .up),
    (".lora_A.weight", .down), (".lora_B.weight", .up),
    (".lora_A.default.weight", .down), (".lora_B.default.weight", .up),
    (".lora_A.default_0.weight", .down), (".lora_B.default_0.weight", .up), (".alpha", .alpha),
  ]

  /// Reads a name; nil for one that is no LoRA's.
  init?(_ name: String) {
    guard let (suffix, role) = Self.suffixes.first(where: { name.hasSuffix($0.0) }),
      let module = LoRAModule(String(name.dropLast(suffix.count)))
    else { return nil }
    self.module = module
    self.role = role
  }

  /// Whether a tensor's name is one of a LoRA's.
  public static func isLoRA(_ name: String) -> Bool {
    LoRAKey(name).map { $0.role == .down } ?? false
  }

  /// What a tensor of another kind of adapter is called; nil for what is none of them.
  static func otherKind(_ name: String) -> String? {
    [
      ("hada_", "a LoHa (LyCORIS)"), ("lokr_", "a LoKr (LyCORIS)"), ("dora_scale", "a DoRA"),
      ("lora_magnitude_vector", "a DoRA"), ("oft_", "an OFT"), (".on_input", "an IA3"),
      (".diff", "full weight differences"), (".w_norm", "full weight differences"),
    ].first { name.contains($0.0) }?.1
  }
}

/// A module as a LoRA file names it.
public struct LoRAModule: Hashable, Sendable {
  /// The networks LoRAs are for.
  public enum Network: String, CaseIterable, Sendable {
    /// The UNet.
    case unet
    /// The text encoder, the first where there are two.
    case textEncoder = "text_encoder"
    /// SDXL's second text encoder.
    case textEncoder2 = "text_encoder_2"
  }

  /// The network.
  public let network: Network
  /// The module's path in it, in the file's own naming.
  public let name: String
  /// Whether the path's dots are underscores.
  public let isFlat: Bool

  private static let flatPrefixes: [(String, Network)] = [
    ("lora_unet_", .unet), ("lora_te_", .textEncoder), ("lora_te1_", .textEncoder),
    ("lora_te2_", .textEncoder2),
  ]
  private static let pathPrefixes: [(String, Network)] = [
    ("unet.", .unet), ("diffusion_model.", .unet), ("text_encoder.", .textEncoder),
    ("text_encoder_2.", .textEncoder2),
  ]
  private static let unetParts: Set<String> = [
    "down_blocks", "mid_block", "up_blocks", "conv_in", "conv_out", "time_embedding", "add_embedding",
  ]

  /// Reads the part of a tensor's name before the matrix.
  init?(_ name: String) {
    if let (prefix, network) = Self.flatPrefixes.first(where: { name.hasPrefix($0.0) }) {
      self.init(network: network, name: String(name.dropFirst(prefix.count)), isFlat: true)
      return
    }
    var path = name
    if path.hasPrefix("base_model.model.") { path = String(path.dropFirst("base_model.model.".count)) }
    var network: Network?
    if let (prefix, found) = Self.pathPrefixes.first(where: { path.hasPrefix($0.0) }) {
      network = found
      path = String(path.dropFirst(prefix.count))
    } else if let first = path.split(separator: ".").first.map(String.init) {
      network = Self.unetParts.contains(first) ? .unet : first == "text_model" ? .textEncoder : nil
    }
    guard let network else { return nil }
    self.init(network: network, name: Self.withoutProcessor(path, network), isFlat: false)
  }

  private init(network: Network, name: String, isFlat: Bool) {
    self.network = network
    self.name = name
    self.isFlat = isFlat
  }

  /// diffusers' old names have the attention's processor in the path, and one spelling for both kinds of network.
  private static func withoutProcessor(_ path: String, _ network: Network) -> String {
    var parts = path.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    parts.removeAll { $0 == "processor" }
    guard let last = parts.last else { return path }
    let isText = network != .unet
    let names =
      isText
      ? ["to_q": "q_proj", "to_k": "k_proj", "to_v": "v_proj", "to_out": "out_proj"] : ["to_out": "to_out.0"]
    parts[parts.count - 1] = names[last] ?? last
    return parts.joined(separator: ".")
  }
}
