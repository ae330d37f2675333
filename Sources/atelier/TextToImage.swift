import ArgumentParser
import Generation

/// `atelier txt2img`: pictures from prompts, with the flags of CompVis' script beside our own.
struct TextToImage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "txt2img", abstract: "Makes pictures from prompts.",
    discussion: """
      Settings that are not given are the model's own. Pictures are numbered in OUTDIR/samples and never \
      replace others; picture i uses seed + i. Tags in prompts (<lora:name:0.8>, <hypernet:name>) and names of \
      embeddings are looked for in --models DIR, else beside the model: see there.
      """)

  @OptionGroup var common: GenerationOptions
  @OptionGroup var hires: HiresOptions

  func run() async throws {
    try await Failure.reported {
      try await GenerationSession.run(RequestMaker.Flags(mode: .txt2img, common: common, hires: hires))
    }
  }
}
