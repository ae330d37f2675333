import ArgumentParser
import Checkpoints
import FoundationEssentials
import Generation

/// Files of weights as commands name them.
enum WeightFile {
  /// Opens one; errors name it as the command did.
  static func open(_ path: String) throws -> any TensorFile {
    guard !path.isEmpty, FileManager.default.fileExists(atPath: path) else {
      throw UserError(code: "unreadable_file", message: "expected a file of weights at '\(path)', found none")
    }
    return try TensorFiles.open(path: path, label: URL(filePath: path).lastPathComponent)
  }

  /// Writes a file and says so; refuses to replace one unless told to.
  static func write(
    _ tensors: [OutputTensor], metadata: [String: String], _ target: Target, type: String
  ) throws {
    guard target.force || !FileManager.default.fileExists(atPath: target.path) else {
      throw UserError(
        code: "unusable_output", message: "'\(target.path)' exists; give another name or --force")
    }
    try SafetensorsWriter.write(tensors, metadata: metadata, to: target.path)
    Console.output("\(target.path): \(tensors.count) tensors\(type)")
  }

  /// Where a command writes.
  struct Target {
    var path: String
    var force: Bool
  }

  /// Flags of every command that writes weights.
  struct Options: ParsableArguments {
    @Flag(help: "Weights become float16.")
    var half = false

    @Flag(help: "Replaces OUTPUT if it exists.")
    var force = false

    /// The type weights become.
    var type: ElementType? { half ? .float16 : nil }
    /// The type as the report says it.
    var shown: String { half ? ", float16" : "" }
  }
}
