public import Checkpoints
import FoundationEssentials
internal import Generation

/// Finds models below folders, at most three levels down: diffusers folders and single files.
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

  /// Folders of other programs whose weights are no models, in lower case.
  private static let otherFolders: Set<String> = [
    "vae", "vae-approx", "vae_approx", "lora", "loras", "lycoris", "embeddings", "hypernetworks",
    "controlnet",
    "clip", "clip_vision", "text_encoder", "text_encoders", "unet", "diffusion_models", "upscale_models",
    "esrgan",
    "realesrgan", "swinir", "gfpgan", "codeformer", "deepbooru", "style_models", "gligen", "photomaker",
  ]

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

  /// The model a path names: a diffusers folder or a single file.
  /// - Throws: `UserError` `unknown_model` for a path that is none; `CheckpointError` for what is wrong with it.
  public static func open(path: String) throws -> any ModelSource {
    let path = absolute(path)
    if isFolder(path) { return try ModelFolder(path: path) }
    guard FileManager.default.fileExists(atPath: path) else {
      throw UserError(
        code: "unknown_model",
        message: "expected a model at '\(lastName(path))', found no such file or folder",
        field: "model")
    }
    return try SingleFileModel(path: path)
  }

  private func visit(
    _ path: String, relative: String, depth: Int, left: inout Int, _ contents: inout Contents
  ) {
    guard left > 0 else { return }
    left -= 1
    if FileManager.default.fileExists(atPath: path + "/model_index.json") {
      add(path, relative, name: Self.name(of: path), &contents) { try ModelFolder(path: path) }
      return
    }
    let holdsOthers = Self.otherFolders.contains(Self.lastName(path).lowercased())
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    for name in names where !name.hasPrefix(".") {
      let (below, shown) = ("\(path)/\(name)", relative.isEmpty ? name : "\(relative)/\(name)")
      if Self.isFolder(below) {
        if depth < Self.depth { visit(below, relative: shown, depth: depth + 1, left: &left, &contents) }
      } else if !holdsOthers, name.hasSuffix(".safetensors") || name.hasSuffix(".ckpt") {
        let stem = String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
        add(below, shown, name: stem, &contents) { try SingleFileModel(path: below) }
      }
    }
  }

  private func add(
    _ path: String, _ relative: String, name: String, _ contents: inout Contents,
    _ open: () throws -> any ModelSource
  ) {
    do {
      var description = try open().describe()
      description.name = name
      contents.models.append(LibraryModel(description: description, path: path))
    } catch {
      // A LoRA or an embedding that lies here is no broken model.
      if Self.lastName(path).contains(".vae.") || ExtraLibrary.looseKind(path) != nil { return }
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

  static func absolute(_ path: String) -> String {
    let whole = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    let standard = URL(filePath: whole).standardizedFileURL.path
    return standard.count > 1 && standard.hasSuffix("/") ? String(standard.dropLast()) : standard
  }

  static func lastName(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
