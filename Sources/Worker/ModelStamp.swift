import FoundationEssentials
import StableDiffusion

/// What a model's weight files look like from outside: enough to see that they were replaced.
struct ModelStamp: Equatable {
  private struct File: Equatable {
    let name: String
    let bytes: Int
    let modified: Date
  }

  private let files: [File]

  /// Looks at the `.safetensors` files of a diffusers folder, or at a single file.
  ///
  /// - Throws: What the file system says when the folder cannot be read.
  init(folder: String) throws {
    let manager = FileManager.default
    let isFile = !ModelLibrary.isFolder(folder) && manager.fileExists(atPath: folder)
    let names =
      try isFile
      ? [""] : manager.subpathsOfDirectory(atPath: folder).filter { $0.hasSuffix(".safetensors") }.sorted()
    files = try names.map { name in
      // Follows links: hubs keep the files elsewhere.
      let url = URL(filePath: folder)
      let stamp = try FileStamp(path: (name.isEmpty ? url : url.appending(path: name)).path)
      return File(name: name, bytes: stamp.size ?? 0, modified: stamp.modified ?? .distantPast)
    }
  }

  /// Bytes of all weight files.
  var bytes: Int { files.reduce(0) { $0 + $1.bytes } }
}
