import Generation

/// What a prompt asks for beside its words.
struct PromptExtras {
  /// The prompt without its tags.
  let prompt: String
  let loras: [LoRAUse]
  let hypernetworks: [HypernetworkUse]

  /// Most tags in a prompt.
  static let limit = 32

  /// Finds what the tags of a prompt name; tags of other kinds are cut out and mean nothing.
  /// - Throws: `UserError` `unknown_lora`, `unknown_hypernet` with the nearest name, `invalid_weight`,
  ///   `too_many_extras`.
  init(_ prompt: String, _ files: ExtraFiles) throws(UserError) {
    let (text, tags) = ExtraNetwork.cut(from: prompt)
    self.prompt = text
    let known = tags.filter { $0.kind == "lora" || $0.kind == "hypernet" }
    guard known.count <= Self.limit else {
      throw UserError(
        code: "too_many_extras",
        message: "a prompt may name at most \(Self.limit) LoRAs and hypernetworks; got \(known.count)",
        field: "prompt")
    }
    var loras: [LoRAUse] = []
    var hypernetworks: [HypernetworkUse] = []
    for tag in known {
      let weights = try TagWeights(tag)
      let name = tag.arguments.first ?? ""
      if tag.kind == "lora" {
        let file = try files.find(.lora, name, field: "prompt")
        loras.append(LoRAUse(name: name, file: file, textWeight: weights.text, unetWeight: weights.unet))
      } else {
        let file = try files.find(.hypernetwork, name, field: "prompt")
        hypernetworks.append(HypernetworkUse(name: name, file: file, weight: weights.text))
      }
    }
    (self.loras, self.hypernetworks) = (loras, hypernetworks)
  }

  /// The files, in the order of the tags.
  var used: [UsedExtra] {
    loras.map { UsedExtra(name: $0.name, file: $0.file) }
      + hypernetworks.map { UsedExtra(name: $0.name, file: $0.file) }
  }

  /// Equal only for the same files at the same weights.
  var key: String { (loras.map(\.key) + ["/"] + hypernetworks.map(\.key)).joined(separator: "|") }
}

/// A file a picture was made with, under the name the request had for it.
public struct UsedExtra: Equatable, Sendable {
  /// The name in the tag, the prompt or the request.
  public let name: String
  /// The file.
  public let file: ExtraFile
}

/// A file a picture was made with, as the picture's text names it.
public struct HashedExtra: Equatable, Sendable {
  /// What kind of file it is.
  public let kind: ExtraKind
  /// The name the request had for it.
  public let name: String
  /// The beginning of its hash.
  public let hash: String

  /// Names a file.
  public init(kind: ExtraKind, name: String, hash: String) {
    (self.kind, self.name, self.hash) = (kind, name, hash)
  }
}

extension ExtraHashes {
  /// The files a picture was made with, with the beginnings of their hashes, each once.
  /// - Throws: `CheckpointError` for a file that cannot be read.
  public func hashed(_ extras: [UsedExtra]) throws -> [HashedExtra] {
    var all: [HashedExtra] = []
    for extra in extras {
      let hashed = HashedExtra(kind: extra.file.kind, name: extra.name, hash: try short(extra.file))
      if !all.contains(hashed) { all.append(hashed) }
    }
    return all
  }
}
