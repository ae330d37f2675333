import Generation
import StableDiffusion
import Tensors

/// Upscalers found in the worker's folders, the one used last kept loaded.
struct UpscalerCache {
  private let library: UpscalerLibrary
  private let backend: Backend
  private var loaded: (entry: UpscalerLibrary.Entry, upscaler: Upscaler)?

  init(folders: [String], backend: Backend) {
    library = UpscalerLibrary(folders: folders)
    self.backend = backend
  }

  /// An upscaler by its name.
  /// - Throws: `UserError` `unknown_upscaler`, `unusable_upscaler`; `CheckpointError`, `TensorError`.
  mutating func upscaler(named name: String) throws -> Upscaler {
    if let loaded, loaded.entry.name == name { return loaded.upscaler }
    guard let entry = library.scan().first(where: { $0.name == name }) else {
      throw UserError(
        code: "unknown_upscaler", message: "the upscaler '\(name)' is no longer on the worker",
        field: "upscaler")
    }
    loaded = nil
    let upscaler = try Upscaler(path: entry.path, label: entry.name, backend: backend)
    loaded = (entry, upscaler)
    return upscaler
  }

  /// Gives the memory back.
  mutating func removeAll() { loaded = nil }
}
