import ArgumentParser
import Checkpoints
import StableDiffusion
import Tensors

/// Times the text encoder.
struct TextCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "text", abstract: "Times the text encoder on a prompt and a negative prompt.")

  @OptionGroup var options: BackendOptions
  @OptionGroup var model: ModelOptions

  func run() throws {
    let backend = try options.open()
    let encoder = try TextEncoder(model.open(), backend: backend)
    let length = encoder.config.maximumLength
    let vocabulary = Int32(clamping: encoder.config.vocabularySize)
    let ids = (0..<Int32(clamping: length)).map { $0 % vocabulary }
    try NetworkReport(
      "text", on: backend, shape: [2, length, encoder.config.width], budget: model.seconds
    ) {
      _ = try encoder.encode(tokenIDs: [ids, ids])
    }.show(json: options.json)
  }
}
