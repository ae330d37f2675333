import ArgumentParser
import Generation

/// `atelier img2img`: pictures from another picture and prompts.
struct ImageToImage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "img2img", abstract: "Makes pictures from another picture and prompts.",
    discussion: """
      Without --W and --H the picture's own size is taken, in multiples of 8. Everything else is as with \
      txt2img.
      """)

  @OptionGroup var source: SourceOptions
  @OptionGroup var common: GenerationOptions

  func validate() throws { try source.require() }

  func run() async throws {
    try await Failure.reported {
      try await GenerationSession.run(
        RequestMaker.Flags(mode: .img2img, common: common, source: source))
    }
  }
}
