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
    if named[text] != nil { return text }
    do throws(UserError) {
      return try NameLookup.upscaler(text, in: methods + found.map(\.name), field: field)
    } catch {
      guard FileManager.default.fileExists(atPath: text) else { throw error }
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
