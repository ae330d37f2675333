import Checkpoints
import StableDiffusion
import Tensors
import Testing

/// Stable Diffusion 1.5 in its full size, with random weights, against diffusers in float32: what
/// `Scripts/test.sh --full-size` makes, in the folder that ATELIER_FULL_SIZE names.
@Suite(.serialized, .enabled(if: FullSizeWay.folder != nil))
struct FullSizeTests {
  private func open(_ way: FullSizeWay) throws -> (Backend, ModelFolder, Goldens) {
    let path = try #require(FullSizeWay.folder)
    return (
      try Backend.named(way.backend, precision: way.precision), try ModelFolder(path: "\(path)/model"),
      try Goldens(file: "\(path)/goldens.safetensors")
    )
  }

  @Test(arguments: FullSizeWay.all) func `one UNet step equals diffusers'`(way: FullSizeWay) throws {
    let (backend, folder, goldens) = try open(way)
    let unet = try UNet(folder, backend: backend)
    let conditioning = try unet.prepare(hiddenStates: try goldens.tensor("text.last", backend))
    let time = try unet.timeEmbeddings(try goldens.floats("unet.timestep"))
    let latents = try goldens.picture("unet.latents", backend)
    let prediction = try unet(latents, step: 0, time: time, conditioning: conditioning)
    try expect(way, "unet.prediction", goldens, prediction.channelsFirstFloats())
  }

  @Test(arguments: FullSizeWay.all) func `decoding equals diffusers'`(way: FullSizeWay) throws {
    let (backend, folder, goldens) = try open(way)
    let picture = try VAEDecoder(folder, backend: backend).decode(goldens.picture("vae.latents", backend))
    try expect(way, "vae.decoded", goldens, picture.channelsFirstFloats())
  }

  @Test(arguments: FullSizeWay.all) func `hidden states equal transformers'`(way: FullSizeWay) throws {
    let (backend, folder, goldens) = try open(way)
    let last = try TextEncoder(folder, backend: backend).encode(tokenIDs: try goldens.tokenIDs("text.ids"))
    try expect(way, "text.last", goldens, last.floats())
  }

  private func expect(_ way: FullSizeWay, _ name: String, _ goldens: Goldens, _ found: [Float]) throws {
    let error = try goldens.relativeError(name, found)
    print("\(name), \(way.testDescription): relative error \(error)")
    #expect(error < way.bound)
  }
}
