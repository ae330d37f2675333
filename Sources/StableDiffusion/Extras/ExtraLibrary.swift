import Checkpoints
import FoundationEssentials
import Generation
import Synchronization

/// Finds the files that go with models below folders: in folders of AUTOMATIC1111's and ComfyUI's names, whatever
/// their case, and loose ones, told by what is in them, in the searched folders themselves.
///
/// Headers are read once a file and read again when it changes. Any thread may search; it blocks for the time of a
/// few file reads.
public final class ExtraLibrary: Sendable {
  /// What a search found.
  public struct Contents: Equatable, Sendable {
    /// Files that can be used, as far as their headers say.
    public var files = ExtraFiles.none
    /// What cannot be used, and why.
    public var problems: [LibraryProblem] = []
  }

  private struct Known {
    let stamp: String
    let header: Result<ExtraHeader, CheckpointError>
  }

  private let folders: [String]
  /// Whether folders that are of no kind are looked into.
  private let descends: Bool
  private let known = Mutex<[String: Known]>([:])

  private static let endings: [ExtraKind: [String]] = [
    .lora: [".safetensors", ".pt", ".ckpt"], .embedding: [".safetensors", ".pt", ".bin"],
    .hypernetwork: [".pt", ".ckpt", ".safetensors"], .vae: [".safetensors", ".pt", ".ckpt"],
  ]
  /// How far below a folder of a kind its files are looked for.
  private static let depth = 3
  /// Most files; more are left out.
  private static let fileLimit = 10_000

  /// A library of the files below `folders`; nothing is read yet.
  public init(folders: [String]) {
    self.folders = folders.map(ModelLibrary.absolute)
    descends = true
  }

  /// A library of the folders of a kind that lie beside a model, beside the folder it is in, or one higher, and of the
  /// loose files there.
  public init(beside model: String) {
    folders = Self.folders(beside: model)
    descends = false
  }

  /// The folder a model lies in and the two above it.
  public static func folders(beside model: String) -> [String] {
    var folders: [String] = []
    var path = ModelLibrary.absolute(model)
    for _ in 0..<3 {
      guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { break }
      path = String(path[..<slash])
      folders.append(path)
    }
    return folders
  }

  /// Searches the folders.
  public func scan() -> Contents {
    var search = Search()
    for folder in folders { visit(folder, kind: nil, depth: 0, &search) }
    var contents = Contents(problems: search.problems)
    contents.files = ExtraFiles(Self.named(search.files))
    return contents
  }

  /// The file a path names, if it is one of the kind.
  /// - Throws: `UserError` for a path where there is none, `CheckpointError` for what is wrong with it.
  public static func file(_ kind: ExtraKind, path: String, field: String) throws -> ExtraFile {
    let path = ModelLibrary.absolute(path)
    // A diffusers model has its autoencoder in a folder of its own.
    let inner = kind == .vae && ExtraFile.weights(of: path + "/vae") != nil ? path + "/vae" : path
    guard let stamp = ExtraFile.stamp(ExtraFile.weights(of: inner) ?? inner),
      !ModelLibrary.isFolder(ExtraFile.weights(of: inner) ?? inner)
    else {
      throw UserError(
        code: "unknown_\(kind.word)",
        message: "expected a \(kind.word) at '\(ModelLibrary.lastName(path))', found no such file",
        field: field)
    }
    let label = ModelLibrary.lastName(inner)
    let header = try ExtraHeader(
      kind, try TensorFiles.open(path: ExtraFile.weights(of: inner) ?? inner, label: label))
    return ExtraFile(
      kind: kind,
      description: ExtraDescription(
        name: name(inner, kind), sizeBytes: stamp.bytes, family: header.family), path: inner,
      stamp: stamp.text,
      vectors: header.vectors)
  }

  private struct Search {
    var files: [ExtraFile] = []
    var problems: [LibraryProblem] = []
    var foldersLeft = ModelLibrary.folderLimit
  }

  private func visit(_ path: String, kind: ExtraKind?, depth: Int, _ search: inout Search) {
    guard search.foldersLeft > 0, search.files.count < Self.fileLimit else { return }
    search.foldersLeft -= 1
    // The parts of a diffusers model are its own.
    if kind == nil, FileManager.default.fileExists(atPath: path + "/model_index.json") { return }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    for name in names where !name.hasPrefix(".") {
      let below = "\(path)/\(name)"
      if ModelLibrary.isFolder(below) {
        if kind == .vae, ExtraFile.weights(of: below) != nil {
          add(below, .vae, &search)
        } else if depth < Self.depth {
          let inner = kind ?? ExtraKind(folder: name)
          if inner == nil, !descends { continue }
          visit(below, kind: inner, depth: kind == nil && inner != nil ? 0 : depth + 1, &search)
        }
      } else if let kind {
        if Self.endings[kind]?.contains(where: { name.lowercased().hasSuffix($0) }) == true {
          add(below, kind, &search)
        }
      } else if name.lowercased().contains(".vae.") {
        add(below, .vae, &search)
      } else if depth == 0, let kind = Self.looseKind(below) {
        add(below, kind, &search)
      }
    }
  }

  private func add(_ path: String, _ kind: ExtraKind, _ search: inout Search) {
    let weights = ExtraFile.weights(of: path) ?? path
    guard let stamp = ExtraFile.stamp(weights) else { return }
    let name = ModelLibrary.lastName(path)
    switch header(weights, kind, stamp.text, label: name) {
    case .success(let header):
      let description = ExtraDescription(
        name: Self.name(path, kind), sizeBytes: stamp.bytes, family: header.family)
      search.files.append(
        ExtraFile(
          kind: kind, description: description, path: path, stamp: stamp.text, vectors: header.vectors))
    case .failure(let error): search.problems.append(LibraryProblem(name: name, message: "\(error)"))
    }
  }

  private func header(
    _ path: String, _ kind: ExtraKind, _ stamp: String, label: String
  ) -> Result<ExtraHeader, CheckpointError> {
    if let known = known.withLock({ $0[path] }), known.stamp == stamp { return known.header }
    let header = Result { () throws(CheckpointError) in
      try ExtraHeader(kind, try TensorFiles.open(path: path, label: label))
    }
    known.withLock { $0[path] = Known(stamp: stamp, header: header) }
    return header
  }

  /// The kind of a file that lies in no folder of a kind; nil for models and all else.
  static func looseKind(_ path: String) -> ExtraKind? {
    let name = path.lowercased()
    guard [".safetensors", ".pt", ".bin"].contains(where: name.hasSuffix),
      let file = try? TensorFiles.open(path: path, label: ModelLibrary.lastName(path))
    else { return nil }
    return ExtraHeader.kind(of: file)
  }

  /// The name prompts use; of an autoencoder with the ending, as AUTOMATIC1111 writes it into pictures.
  private static func name(_ path: String, _ kind: ExtraKind) -> String {
    let name = ModelLibrary.lastName(path)
    guard kind != .vae, let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }

  /// Sorted, with names that differ within a kind: the second `x` is `x-2`.
  private static func named(_ files: [ExtraFile]) -> [ExtraFile] {
    var seen: Set<String> = []
    return files.map { file in
      var file = file
      let name = file.description.name
      var number = 2
      while !seen.insert("\(file.kind.rawValue) \(file.description.name.lowercased())").inserted {
        file.description.name = "\(name)-\(number)"
        number += 1
      }
      return file
    }
    .sorted { ($0.kind.rawValue, $0.description.name) < ($1.kind.rawValue, $1.description.name) }
  }
}
