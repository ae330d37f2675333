import FoundationEssentials

/// A folder that has a `tokenizer` folder, found near a model file that has none.
struct VocabularyFolder: Equatable, Sendable {
  /// The folder above `tokenizer`.
  let path: String

  /// How many folders below each folder above the file are looked into: other programs keep models of both layouts
  /// side by side, as `models/Stable-diffusion` and `models/diffusers/NAME`, or `models--NAME/snapshots/REVISION`.
  private static let depths = [3, 3, 1]
  /// How many folders are looked at below each of them.
  private static let folderLimit = 1000

  /// The nearest folder beside the file, or beside a folder it is in, whose vocabulary has `tokens` tokens; else the
  /// one that was fetched to the service's own models.
  static func find(beside file: String, tokens: Int) -> VocabularyFolder? {
    near(file, tokens) ?? fetched.flatMap { $0.hasVocabulary(of: tokens) ? $0 : nil }
  }

  /// `clip-vocabulary` in `${XDG_DATA_HOME:-$HOME/.local/share}/atelier/models`.
  private static var fetched: VocabularyFolder? {
    let environment = ProcessInfo.processInfo.environment
    let data = environment["XDG_DATA_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    let folder = data ?? environment["HOME"].map { "\($0)/.local/share" }
    return folder.map { VocabularyFolder(path: "\($0)/atelier/models/clip-vocabulary") }
  }

  private static func near(_ file: String, _ tokens: Int) -> VocabularyFolder? {
    var folder = file
    for depth in depths {
      guard let slash = folder.lastIndex(of: "/") else { return nil }
      folder = String(folder[..<slash])
      if let found = search(folder, depth, tokens) { return found }
    }
    return nil
  }

  /// The nearest below a folder, itself included.
  private static func search(_ folder: String, _ depth: Int, _ tokens: Int) -> VocabularyFolder? {
    var level = [folder]
    var left = folderLimit
    for further in stride(from: depth, through: 0, by: -1) {
      var below: [String] = []
      for path in level.prefix(left) {
        let candidate = VocabularyFolder(path: path)
        if candidate.hasVocabulary(of: tokens) { return candidate }
        if further > 0 { below += folders(in: path) }
      }
      left -= min(level.count, left)
      level = below
    }
    return nil
  }

  private static func folders(in path: String) -> [String] {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    return names.filter { !$0.hasPrefix(".") }.map { "\(path)/\($0)" }.filter { below in
      var isFolder = false
      return FileManager.default.fileExists(atPath: below, isDirectory: &isFolder) && isFolder
    }
  }

  /// Whether there is that file.
  func contains(_ relativePath: String) -> Bool {
    FileManager.default.isReadableFile(atPath: "\(path)/\(relativePath)")
  }

  /// A small file whole.
  func read(_ relativePath: String) throws(CheckpointError) -> [UInt8] {
    try ModelFolder.read(path, relativePath)
  }

  private func hasVocabulary(of tokens: Int) -> Bool {
    for file in ["tokenizer/vocab.json", "tokenizer/tokenizer.json"] where contains(file) {
      guard let bytes = try? read(file) else { continue }
      if let count = try? ConfigurationFile.decode(VocabularySize.self, bytes, file: file).count {
        return count == tokens
      }
    }
    return false
  }
}

/// The number of tokens in `vocab.json`, or in `tokenizer.json` under `model.vocab`.
private struct VocabularySize: Decodable {
  let count: Int

  private struct Whole: Decodable {
    struct Model: Decodable { let vocab: [String: Int] }
    let model: Model
  }

  init(from decoder: any Decoder) throws {
    if let whole = try? Whole(from: decoder) {
      count = whole.model.vocab.count
    } else {
      count = try [String: Int](from: decoder).count
    }
  }
}
