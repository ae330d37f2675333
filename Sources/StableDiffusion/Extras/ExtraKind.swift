/// The kinds of files that go with a model.
public enum ExtraKind: String, CaseIterable, Sendable {
  /// Low-rank additions to a model's weights.
  case lora
  /// Textual inversion: vectors for a word.
  case embedding
  /// Small networks before keys and values.
  case hypernetwork
  /// An autoencoder in place of the model's own.
  case vae

  /// Names AUTOMATIC1111 and ComfyUI have for the folder, in lower case.
  var folders: Set<String> {
    switch self {
    case .lora: ["lora", "loras", "lycoris"]
    case .embedding: ["embeddings", "embedding", "textual_inversion"]
    case .hypernetwork: ["hypernetworks", "hypernetwork"]
    case .vae: ["vae", "vaes"]
    }
  }

  /// The kind whose files a folder holds.
  init?(folder: String) {
    let name = folder.lowercased()
    guard let kind = Self.allCases.first(where: { $0.folders.contains(name) }) else { return nil }
    self = kind
  }

  /// What messages call it, and the code of the error for an unknown one ends with.
  var word: String {
    switch self {
    case .lora: "lora"
    case .embedding: "embedding"
    case .hypernetwork: "hypernet"
    case .vae: "vae"
    }
  }
}
