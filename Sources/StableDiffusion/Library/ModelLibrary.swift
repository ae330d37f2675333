public import Checkpoints
import FoundationEssentials
internal import Generation

/// Finds models below folders: diffusers folders at most three levels down.
///
/// The layouts of other programs are found as they are: `models/Stable-diffusion` (A1111), `models/diffusers`
/// and `models/checkpoints` (ComfyUI), `models--org--name/snapshots/…` (the hub's cache).
public struct ModelLibrary: Sendable {
  /// What a search found, sorted by path.
  public struct Contents: Equatable, Sendable {
    /// Models that can be used, as far as their configurations and headers say.
    public var models: [LibraryModel] = []
    /// What cannot be used, and why.
    public var problems: [LibraryProblem] = []
  }

  /// How far below a folder models are looked for.
  public static let depth = 3
  /// How many folders are looked at before a search gives up, so that `--models /` ends.
  static let folderLimit = 20_000

  private let folders: [String]

  /// A library of the models in and below `folders`; nothing is read yet.
  public init(folders: [String]) { self.folders = folders.map(Self.absolute) }

  /// Searches the folders; reads configurations and headers, no weights.
  ///
  /// Blocks for the time of a few file reads a model.
  public func scan() -> Contents {
    var contents = Contents()
    var left = Self.folderLimit
    for folder in folders {
      guard Self.isFolder(folder) else {
        contents.problems.append(
          LibraryProblem(name: Self.lastName(folder), message: "expected a folder of models, found none"))
        continue
      }
      visit(folder, relative: "", depth: 0, left: &left, &contents)
    }
    Self.makeNamesUnique(&contents.models)
    return contents
  }

  /// The model a path names: a diffusers folder.
  /// - Throws: `UserError` `unknown_model` for a path that is none, `unusable_model` for a file of weights;
  ///   `CheckpointError` for what is wrong with a folder.
  public static func open(path: String) throws -> ModelFolder {
    let path = absolute(path)
    if isFolder(path) { return try ModelFolder(path: path) }
    let name = lastName(path)
    guard FileManager.default.fileExists(atPath: path) else {
      throw UserError(
        code: "unknown_model", message: "expected a model at '\(name)', found no such file or folder",
        field: "model")
    }
    throw UserError(
      code: "unusable_model",
      message: "'\(name)' is a single file; expected a folder with model_index.json (diffusers' layout)",
      field: "model")
  }

  private func visit(
    _ path: String, relative: String, depth: Int, left: inout Int, _ contents: inout Contents
  ) {
    guard left > 0 else { return }
    left -= 1
    if FileManager.default.fileExists(atPath: path + "/model_index.json") {
      add(path, relative, &contents)
      return
    }
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    for name in names where !name.hasPrefix(".") {
      let (below, shown) = ("\(path)/\(name)", relative.isEmpty ? name : "\(relative)/\(name)")
      if Self.isFolder(below) {
        if depth < Self.depth { visit(below, relative: shown, depth: depth + 1, left: &left, &contents) }
      } else if name.hasSuffix(".safetensors") || name.hasSuffix(".ckpt") {
        contents.problems.append(
          LibraryProblem(
            name: shown, message: "a single file; expected a folder with model_index.json (diffusers' layout)"
          ))
      }
    }
  }

  private func add(_ path: String, _ relative: String, _ contents: inout Contents) {
    do {
      var description = try ModelFolder(path: path).describe()
      description.name = Self.name(of: path)
      contents.models.append(LibraryModel(description: description, path: path))
    } catch {
      contents.problems.append(
        LibraryProblem(name: relative.isEmpty ? Self.lastName(path) : relative, message: "\(error)"))
    }
  }

  /// The folder's name; of a snapshot in the hub's cache, the repository's.
  private static func name(of path: String) -> String {
    let parts = path.split(separator: "/").map(String.init)
    if parts.count >= 3, parts[parts.count - 2] == "snapshots", parts[parts.count - 3].hasPrefix("models--") {
      return parts[parts.count - 3].split(separator: "--").last.map(String.init) ?? parts[parts.count - 1]
    }
    return parts.last ?? "model"
  }

  private static func makeNamesUnique(_ models: inout [LibraryModel]) {
    var seen: Set<String> = []
    for index in models.indices {
      let name = models[index].description.name
      var candidate = name
      var number = 2
      while !seen.insert(candidate.lowercased()).inserted {
        candidate = "\(name)-\(number)"
        number += 1
      }
      models[index].description.name = candidate
    }
  }

  /// Whether there is a folder at `path`.
  public static func isFolder(_ path: String) -> Bool {
    var isFolder = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder
  }

  private static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    let standard = URL(filePath: whole).standardizedFileURL.path
    return standard.count > 1 && standard.hasSuffix("/") ? String(standard.dropLast()) : standard
  }

  private static func lastName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
