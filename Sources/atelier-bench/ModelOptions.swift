import ArgumentParser
import Checkpoints

/// Which model a suite measures.
struct ModelOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A diffusers folder.", valueName: "path"))
  var model: String

  @Option(help: "Seconds spent on measuring.")
  var seconds = 2.0

  /// Opens the folder.
  func open() throws -> ModelFolder { try ModelFolder(path: model) }

  func validate() throws {
    guard (0...600).contains(seconds) else {
      throw ValidationError("expected 0 to 600 seconds, found \(seconds)")
    }
  }
}
