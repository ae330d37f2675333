import FoundationEssentials
import Generation
import StableDiffusion
import Tensors

/// Upscalers that are models: those in folders, and those that were named by their paths.
final class UpscalerFiles {
  private let library: UpscalerLibrary
  private lazy var found = library.scan()
  private var named: [String: String] = [:]
  private var loaded: (path: String, upscaler: Upscaler)?

  /// Looks for upscalers in and below folders.
  init(folders: [String]) { library = UpscalerLibrary(folders: folders) }

  /// The name that requests have for a method, a file in the folders or a path.
  /// - Parameter methods: What needs no file.
  /// - Throws: `UserError` `unknown_upscaler`.
  func name(
    _ text: String, methods: [String], field: GenerationRequest.CodingKeys
  ) throws(UserError) -> String {
    let wanted = NameLookup.folded(text)
    if let name = methods.first(where: { NameLookup.folded($0) == wanted }) { return name }
    if named[text] != nil { return text }
    if let entry = found.first(where: { NameLookup.folded($0.name) == wanted }) { return entry.name }
    guard FileManager.default.fileExists(atPath: text) else {
      throw UserError(
        code: "unknown_upscaler",
        message: "unknown upscaler '\(text)'; expected a file or one of: "
          + (methods + found.map(\.name)).prefix(12).joined(separator: ", "), field: field.rawValue)
    }
    let name = URL(filePath: text).deletingPathExtension().lastPathComponent
    named[name] = text
    return name
  }

  /// The model of a name, nil where there is none; the last one stays loaded.
  /// - Throws: `CheckpointError`, `TensorError`, `UserError` for what is wrong with it.
  func upscaler(_ name: String, on backend: Backend) throws -> Upscaler? {
    guard let path = named[name] ?? found.first(where: { $0.name == name })?.path else { return nil }
    if let loaded, loaded.path == path { return loaded.upscaler }
    loaded = nil
    let upscaler = try Upscaler(path: path, label: URL(filePath: path).lastPathComponent, backend: backend)
    loaded = (path, upscaler)
    return upscaler
  }
}
