import ArgumentParser
import Generation

/// `atelier inpaint`: parts of a picture, or what lies around it, made anew.
struct Inpaint: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inpaint", abstract: "Makes parts of a picture anew, or what lies around it.",
    discussion: """
      The mask is white where something is to change; everywhere else the pixels stay as they are. Without \
      --W and --H the picture's own size is taken, in multiples of 8.
      """)

  @OptionGroup var source: SourceOptions
  @OptionGroup var mask: MaskOptions
  @OptionGroup var common: GenerationOptions

  func validate() throws { try source.require() }

  func run() async throws {
    try await Failure.reported {
      try await GenerationSession.run(
        RequestMaker.Flags(mode: .inpaint, common: common, source: source, mask: mask))
    }
  }
}
