import ArgumentParser
import Checkpoints
import StableDiffusion
import Tensors

/// Times one evaluation of a UNet.
struct UNetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unet", abstract: "Times one denoising step's UNet evaluation, with guidance.")

  @OptionGroup var options: BackendOptions
  @OptionGroup var model: ModelOptions

  @Option(help: "The latents' height and width; the default is the model's own.")
  var size: Int?

  @Option(help: "Latents at once: 2 is one picture with guidance.")
  var batch = 2

  func validate() throws {
    guard (1...512).contains(size ?? 1), (1...64).contains(batch) else {
      throw ValidationError("expected a size of 1 to 512 and a batch of 1 to 64")
    }
  }

  func run() throws {
    let backend = try options.open()
    let unet = try UNet(model.open(), backend: backend)
    let side = size ?? unet.config.sampleSize ?? 64
    let shape: Shape = [batch, side, side, unet.config.inputChannels]
    let latents = try operand(backend, shape)
    let conditioning = try unet.prepare(
      hiddenStates: operand(backend, [batch, 77, unet.config.crossAttentionWidth]))
    let time = try unet.timeEmbeddings([500])
    try NetworkReport("unet", on: backend, shape: shape, budget: model.seconds) {
      _ = try unet(latents, step: 0, time: time, conditioning: conditioning)
    }.show(json: options.json)
  }
}
