import ArgumentParser
import Foundation
import Generation
import PNG
import StableDiffusion

/// `atelier png-info`: how a picture was made, as its file says.
struct PNGInfo: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "png-info", abstract: "Shows the generation parameters a picture carries.",
    discussion: "Reads what AUTOMATIC1111's web UI and this program write. Fails when there are none.")

  @Argument(help: "A PNG, or a JPEG or WebP of the web UI.")
  var file: String

  @Flag(help: "One JSON object on standard output: prompt, negative_prompt, settings, request.")
  var json = false

  private struct Report: Encodable {
    var prompt: String
    var negativePrompt: String
    var settings: [String: String]
    /// The request that makes this picture again; only in pictures of this program.
    var request: GenerationRequest?

    enum CodingKeys: String, CodingKey {
      case prompt, settings, request
      case negativePrompt = "negative_prompt"
    }
  }

  func run() throws {
    try Failure.reported {
      let texts = try PictureTexts.read(file)
      guard let parameters = texts.first(where: { $0.keyword == "parameters" })?.text else {
        let found = texts.isEmpty ? "no text at all" : "only " + texts.map(\.keyword).joined(separator: ", ")
        throw UserError(
          code: "no_parameters", message: "expected a text 'parameters' in '\(file)', found \(found)")
      }
      guard json else { return Console.output(parameters) }
      let read = InfotextReader(parameters)
      let record = texts.first { $0.keyword == "atelier" }?.text
      Console.output(
        try Models.json(
          Report(
            prompt: read.prompt, negativePrompt: read.negativePrompt,
            settings: Dictionary(read.settings.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }),
            request: record.flatMap {
              try? JSONDecoder().decode(GenerationRequest.self, from: Data($0.utf8))
            })))
    }
  }
}
