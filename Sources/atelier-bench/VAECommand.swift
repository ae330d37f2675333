import ArgumentParser
import Checkpoints
import StableDiffusion
import Tensors

/// Times the decoding of one picture.
struct VAECommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vae", abstract: "Times the decoding of latents to a picture.")

  @OptionGroup var options: BackendOptions
  @OptionGroup var model: ModelOptions

  @Option(help: "The picture's height and width.")
  var size = 128

  @Option(help: "Pictures at once.")
  var batch = 1

  func validate() throws {
    guard (8...4096).contains(size), (1...64).contains(batch) else {
      throw ValidationError("expected a size of 8 to 4096 and a batch of 1 to 64")
    }
  }

  func run() throws {
    let backend = try options.open()
    let decoder = try VAEDecoder(model.open(), backend: backend)
    let side = max(size / decoder.config.scale, 1)
    let shape: Shape = [batch, side, side, decoder.config.latentChannels]
    let latents = try operand(backend, shape)
    try NetworkReport("vae", on: backend, shape: shape, budget: model.seconds) {
      _ = try decoder.decode(latents)
    }.show(json: options.json)
  }
}
