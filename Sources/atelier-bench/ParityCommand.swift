import ArgumentParser
import Checkpoints
import Glibc
import Generation
import Pictures
import StableDiffusion
import Tensors

/// Compares a whole picture with the reference backend's.
struct ParityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parity", abstract: "Compares a picture with the reference backend's, in decibels.")

  @OptionGroup var options: BackendOptions

  @Option(help: ArgumentHelp("A diffusers folder.", valueName: "path"))
  var model: String

  @Option(help: "The picture's height and width.")
  var size = 128

  @Option(help: "Denoising steps.")
  var steps = 20

  @Option(help: "Peak signal-to-noise ratio below which the command fails.")
  var least = 35.0

  func run() throws {
    let found = try picture(options.open())
    let expected = try picture(Backend.named("reference", threads: options.threads))
    let squares = zip(found, expected).reduce(0.0) { sum, pair in
      let difference = Double(pair.0) - Double(pair.1)
      return sum + difference * difference
    }
    let decibels = squares == 0 ? 99 : 10 * log10(255 * 255 * Double(expected.count) / squares)
    if options.json {
      try printJSON(["psnr_db": decibels, "least_db": least])
    } else {
      print("\(options.backend) against reference: \(rounded(decibels)) dB, expected \(least) or more")
    }
    guard decibels >= least else { throw ExitCode(1) }
  }

  private func picture(_ backend: Backend) throws -> [UInt8] {
    let pipeline = try Pipeline(folder: ModelFolder(path: model), backend: backend)
    let request = GenerationRequest(
      prompt: "a red circle on a blue background", model: pipeline.description.name, sampler: "DDIM",
      steps: steps,
      guidanceScale: 5, width: size, height: size, batchCount: 1, seed: 7)
    var denoising = try pipeline.begin(request, image: 0)
    while try denoising.step() {}
    return try denoising.finish().rgb
  }
}
