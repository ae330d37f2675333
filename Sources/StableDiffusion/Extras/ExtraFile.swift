public import Checkpoints
import FoundationEssentials
public import Generation

/// A file that goes with models, found on disk.
public struct ExtraFile: Hashable, Sendable {
  /// What kind of file it is.
  public let kind: ExtraKind
  /// The file as capabilities show it.
  public var description: ExtraDescription
  /// Where it is, an absolute path, never shown to users of the service; of an autoencoder perhaps a folder.
  public let path: String
  /// Size and time of change of the file: it is read again when they differ.
  public let stamp: String
  /// Of an embedding: how many vectors it has, and their widths.
  let vectors: Vectors?

  /// How many vectors there are, and how many numbers each has, for the first and for the second text encoder.
  struct Vectors: Hashable, Sendable {
    let count: Int
    let width: Int?, secondWidth: Int?
  }

  init(kind: ExtraKind, description: ExtraDescription, path: String, stamp: String, vectors: Vectors? = nil) {
    self.kind = kind
    self.description = description
    self.path = path
    self.stamp = stamp
    self.vectors = vectors
  }

  /// Tells the file, as it was when it was found, from every other.
  var identity: String { "\(path)#\(stamp)" }

  /// The file's name with its ending.
  public var fileName: String { path.split(separator: "/").last.map(String.init) ?? path }

  /// Opens the file; errors name it by its file name.
  public func open() throws(CheckpointError) -> any TensorFile {
    try TensorFiles.open(path: weightPath, label: fileName)
  }

  /// The file of weights: the path itself, or the one in a diffusers folder.
  var weightPath: String { ExtraFile.weights(of: path) ?? path }

  /// The weight file of a diffusers autoencoder's folder; nil if it is none.
  static func weights(of folder: String) -> String? {
    guard FileManager.default.fileExists(atPath: "\(folder)/config.json") else { return nil }
    return ["", ".fp16", ".bf16", ".fp32"].map { "\(folder)/diffusion_pytorch_model\($0).safetensors" }
      .first { FileManager.default.fileExists(atPath: $0) }
  }

  /// Size and time of change; nil for what is no readable file.
  static func stamp(_ path: String) -> (text: String, bytes: Int)? {
    guard let stamp = try? FileStamp(path: path), let size = stamp.size else { return nil }
    return (stamp.text, size)
  }
}
