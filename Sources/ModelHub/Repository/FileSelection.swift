/// Which files of a repository a model needs.
struct FileSelection {
  /// What is to be pulled.
  enum Choice: Equatable {
    /// A folder in diffusers' layout.
    case folder([RepositoryListing.File])
    /// One file that is a model by itself.
    case single(RepositoryListing.File)
  }

  private let files: [String: RepositoryListing.File]
  private let prefersHalf: Bool

  private static let components = ["unet", "vae", "text_encoder", "text_encoder_2"]
  private static let small = [
    "model_index.json", "atelier.json", "examples.json", "scheduler/scheduler_config.json",
    "feature_extractor/preprocessor_config.json",
  ]
  private static let vocabularies = ["tokenizer", "tokenizer_2"]
  private static let vocabularyFiles = [
    "vocab.json", "merges.txt", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
  ]
  /// diffusers' `variant`, besides none and `fp16`.
  private static let otherVariants = ["bf16", "fp32", "ema", "non_ema"]

  /// - Parameter prefersHalf: Takes the `fp16` variant of each part that has one.
  init(_ listing: RepositoryListing, prefersHalf: Bool) throws(HubError) {
    var files: [String: RepositoryListing.File] = [:]
    for file in listing.files {
      guard files.updateValue(file, forKey: file.name) == nil else {
        throw .malformed(what: "the list of files", expected: "every name once, found '\(file.name)' twice")
      }
    }
    self.files = files
    self.prefersHalf = prefersHalf
  }

  /// The files of a diffusers folder, or the one file that is a model.
  func choice() throws(HubError) -> Choice {
    guard files["model_index.json"] != nil else { return .single(try onlyFile()) }
    var names = Self.small.filter { files[$0] != nil }
    for folder in Self.vocabularies {
      names += Self.vocabularyFiles.map { "\(folder)/\($0)" }.filter { files[$0] != nil }
    }
    for component in Self.components where files.keys.contains(where: { $0.hasPrefix("\(component)/") }) {
      names += ["\(component)/config.json"].filter { files[$0] != nil }
      names += try weights(of: component)
    }
    names += safetyChecker()
    let chosen = names.compactMap { files[$0] }
    for file in chosen where !RepositoryPath.isSafe(file.name) { throw .unsafeName(file.name) }
    return .folder(chosen)
  }

  /// A repository may have one in another form, or none: models work without.
  private func safetyChecker() -> [String] {
    guard files["safety_checker/config.json"] != nil, let weights = try? weights(of: "safety_checker") else {
      return []
    }
    return ["safety_checker/config.json"] + weights
  }

  /// A file by its path.
  func file(_ path: String) throws(HubError) -> RepositoryListing.File {
    guard let file = files[path] else {
      let near = files.keys.filter(Self.isModelFile).sorted().prefix(5).joined(separator: ", ")
      throw .nothingToPull(
        reason: "the repository has no file '\(path)'" + (near.isEmpty ? "" : "; it has \(near)"))
    }
    return file
  }

  private static func isModelFile(_ name: String) -> Bool {
    [".safetensors", ".ckpt", ".pt"].contains { name.hasSuffix($0) }
  }

  private func onlyFile() throws(HubError) -> RepositoryListing.File {
    let candidates = files.keys.filter { !$0.contains("/") && Self.isModelFile($0) }.sorted()
    guard let first = candidates.first, candidates.count == 1, let file = files[first] else {
      throw .nothingToPull(
        reason: candidates.isEmpty
          ? "the repository has neither a model_index.json nor a .safetensors or .ckpt file beside it"
          : "the repository has several files: name one, OWNER/NAME/FILE, of "
            + candidates.prefix(8).joined(separator: ", "))
    }
    guard RepositoryPath.isSafe(file.name) else { throw .unsafeName(file.name) }
    return file
  }

  /// Safetensors files only: whole before shards, the wanted precision first.
  private func weights(of component: String) throws(HubError) -> [String] {
    let stem = "\(component)/" + (["unet", "vae"].contains(component) ? "diffusion_pytorch_model" : "model")
    let variants = (prefersHalf ? [".fp16", ""] : ["", ".fp16"]) + Self.otherVariants.map { ".\($0)" }
    for variant in variants {
      if files["\(stem)\(variant).safetensors"] != nil { return ["\(stem)\(variant).safetensors"] }
      let shards = shards(stem, variant)
      if !shards.isEmpty { return shards }
    }
    throw .nothingToPull(
      reason: "the repository has no safetensors weights of '\(component)'; expected \(stem).safetensors")
  }

  /// An index and its shards: `model-00001-of-00002.safetensors`, the variant before or after the number.
  private func shards(_ stem: String, _ variant: String) -> [String] {
    let name = variant.isEmpty ? "" : String(variant.dropFirst())
    let indexes =
      variant.isEmpty
      ? ["\(stem).safetensors.index.json"]
      : ["\(stem).safetensors.index.\(name).json", "\(stem)\(variant).safetensors.index.json"]
    guard let index = indexes.first(where: { files[$0] != nil }) else { return [] }
    let shards = files.keys.filter { file in
      let middle = file.dropFirst(stem.count).dropLast(".safetensors".count)
      return file.hasPrefix(stem) && file.hasSuffix(".safetensors") && middle.contains("-of-")
        && middle.contains(".") == !variant.isEmpty && (variant.isEmpty || middle.contains(variant))
    }
    return shards.isEmpty ? [] : [index] + shards.sorted()
  }
}
