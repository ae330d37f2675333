import ArgumentParser
import Generation

/// The command-line tool: the service's own pipeline, in this process.
@main struct Atelier: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atelier",
    abstract: "Makes pictures with Stable Diffusion models and looks after their files.",
    version: Version.current,
    subcommands: [
      TextToImage.self, ImageToImage.self, Inpaint.self, Upscale.self, GridCommand.self, RunCommand.self,
      PNGInfo.self, WatermarkCommand.self, Models.self, Inspect.self,
    ])
}
