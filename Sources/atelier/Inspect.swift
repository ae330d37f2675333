import ArgumentParser
import Checkpoints
import FoundationEssentials
import Generation
import StableDiffusion

/// `atelier inspect`: a file's structure, whole; fails on anything wrong with it.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Reads a file of weights, or every one of a model folder, and fails on anything wrong.")

  @Argument(help: "A .safetensors, .ckpt or .pt file, or a model folder.")
  var path: String

  @Flag(help: "JSON on standard output.")
  var json = false

  private struct Summary: Encodable {
    var file: String
    var bytes: Int
    /// What it is, if it is a LoRA, an embedding, a hypernetwork or an autoencoder.
    var description: String?
    var metadata: [String: String]
    var tensors: [Row]
  }

  private struct Row: Encodable {
    var name: String
    var dtype: String
    var shape: [Int]
  }

  func run() throws {
    try Failure.reported {
      var isFolder = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
        throw UserError(
          code: "unreadable_file",
          message: "expected a file of weights or a model folder at '\(path)', found neither")
      }
      let summaries = try isFolder ? folder() : [file(path, label: URL(filePath: path).lastPathComponent)]
      if json {
        Console.output(try Models.json(summaries))
      } else {
        for summary in summaries { show(summary) }
      }
    }
  }

  private func folder() throws -> [Summary] {
    let folder = try ModelFolder(path: path)
    let components = try folder.family().components
    _ = try (folder.unetConfig(), folder.vaeConfig(), folder.textEncoderConfig(), folder.schedulerConfig())
    _ = try CLIPTokenizer(folder)
    if components.contains(.textEncoder2) {
      _ = try (folder.textEncoderConfig(of: .textEncoder2), CLIPTokenizer(folder, folder: "tokenizer_2"))
    }
    return try components.flatMap { component in
      try folder.weightFiles(of: component).map { try file("\(folder.path)/\($0)", label: $0) }
    }
  }

  private func file(_ path: String, label: String) throws -> Summary {
    let file = try TensorFiles.open(path: path, label: label)
    try file.verify()
    return Summary(
      file: label, bytes: file.byteCount, description: ExtraInspection.words(file), metadata: file.metadata,
      tensors: file.entries.map { Row(name: $0.name, dtype: $0.type.rawValue, shape: $0.shape) })
  }

  private func show(_ summary: Summary) {
    Console.output("\(summary.file): \(summary.tensors.count) tensors, \(summary.bytes) bytes")
    if let words = summary.description { Console.output("  \(words)") }
    for (key, value) in summary.metadata.sorted(by: { $0.key < $1.key }) {
      Console.output("  \(key.printable()): \(value.printable(1000))")
    }
    for tensor in summary.tensors {
      Console.output("  \(tensor.name.printable(300))\t\(tensor.dtype)\t\(tensor.shape)")
    }
  }
}
