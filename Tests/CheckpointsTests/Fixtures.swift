import Foundation

/// The bytes of a safetensors file with this header and as many data bytes.
func safetensors(_ header: String, data: [UInt8] = []) -> [UInt8] {
  let json = Array(header.utf8)
  return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Array($0) } + json + data
}

/// A folder that goes away with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent(
      "checkpoints-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file, making folders on the way.
  func write(_ name: String, _ bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: path).appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  /// Writes a text file, making folders on the way.
  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  /// A minimal model folder: `model_index.json` and one component's configuration.
  static func model(_ file: String = "unet/config.json", _ json: String = "{}") throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("model_index.json", #"{"_class_name": "StableDiffusionPipeline"}"#)
    try folder.write(file, json)
    return folder
  }
}
