import FoundationEssentials

/// Finds upscalers where other programs keep them: files in folders `ESRGAN`, `RealESRGAN` and `upscale_models`.
public struct UpscalerLibrary: Sendable {
  /// A file that may be an upscaler; it is read when it is used.
  public struct Entry: Equatable, Sendable {
    /// The file's name without its ending.
    public let name: String
    /// Where it is.
    public let path: String
  }

  private static let folders: Set<String> = ["esrgan", "realesrgan", "upscale_models"]
  private static let endings = [".safetensors", ".pth", ".pt"]

  private let roots: [String]

  /// A library of what is in and below `folders`.
  public init(folders: [String]) { roots = folders }

  /// The files found, sorted by path; of equal names the first.
  public func scan() -> [Entry] {
    var found: [Entry] = []
    for root in roots { visit(root, depth: 0, isUpscalers: false, &found) }
    var names: Set<String> = []
    return found.filter { names.insert($0.name).inserted }
  }

  private func visit(_ path: String, depth: Int, isUpscalers: Bool, _ found: inout [Entry]) {
    let last = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let isUpscalers = isUpscalers || Self.folders.contains(last)
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    for name in names where !name.hasPrefix(".") {
      let below = "\(path)/\(name)"
      if ModelLibrary.isFolder(below) {
        // A diffusers folder has none, and may have thousands of other files.
        if depth < ModelLibrary.depth, !names.contains("model_index.json") {
          visit(below, depth: depth + 1, isUpscalers: isUpscalers, &found)
        }
      } else if isUpscalers, let ending = Self.endings.first(where: { name.hasSuffix($0) }) {
        found.append(Entry(name: String(name.dropLast(ending.count)), path: below))
      }
    }
  }
}
