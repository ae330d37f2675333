import Checkpoints
import StableDiffusion
import Tensors
import Testing

@Suite struct UNetTests {
  @Test(arguments: Goldens.models, ["even", "odd", "fraction"])
  func `one call equals diffusers', also where levels come out odd`(model: String, call: String) throws {
    let goldens = try Goldens(model)
    let backend = try Backend.named("reference")
    let unet = try UNet(try goldens.folder(), backend: backend)
    let conditioning = try unet.prepare(hiddenStates: try goldens.tensor("text.last", backend))
    let timestep = try goldens.floats("unet.\(call).timestep")
    // Among others, as in a loop.
    let time = try unet.timeEmbeddings([500] + timestep + [3])
    let latents = try goldens.picture("unet.\(call).latents", backend)
    let prediction = try unet(latents, step: 1, time: time, conditioning: conditioning)
    #expect(prediction.shape == latents.shape)
    let error = try goldens.error("unet.\(call).prediction", try prediction.channelsFirstFloats())
    #expect(error < 1e-4)
  }

  @Test func `a batch gives each picture what it gets alone`() throws {
    let goldens = try Goldens("tiny-sd1")
    let backend = try Backend.named("reference")
    let unet = try UNet(try goldens.folder(), backend: backend)
    let hidden = try goldens.tensor("text.last", backend)
    let latents = try goldens.picture("unet.odd.latents", backend)
    let time = try unet.timeEmbeddings([600])
    let both = try unet(
      latents, step: 0, time: time, conditioning: try unet.prepare(hiddenStates: hidden))
    for index in 0..<2 {
      let range = index..<index + 1
      let alone = try unet(
        try latents.batch(range), step: 0, time: time,
        conditioning: try unet.prepare(hiddenStates: try hidden.batch(range)))
      #expect(try alone.floats() == both.batch(range).floats())
    }
  }

  @Test func `the smallest latents work`() throws {
    let goldens = try Goldens("tiny-sd2")
    let backend = try Backend.named("reference")
    let unet = try UNet(try goldens.folder(), backend: backend)
    let hidden = try goldens.tensor("text.last", backend).batch(0..<1)
    let latents = try backend.tensor([1, -1, 0.5, 0], shape: [1, 1, 1, 4])
    let prediction = try unet(
      latents, step: 0, time: try unet.timeEmbeddings([10]),
      conditioning: try unet.prepare(hiddenStates: hidden))
    #expect(try prediction.floats().allSatisfy { $0.isFinite })
  }

  @Test func `refuses a wrong batch, width, channel count or step`() throws {
    let goldens = try Goldens("tiny-sd1")
    let backend = try Backend.named("reference")
    let unet = try UNet(try goldens.folder(), backend: backend)
    let hidden = try goldens.tensor("text.last", backend)
    let conditioning = try unet.prepare(hiddenStates: hidden)
    let time = try unet.timeEmbeddings([1])
    let latents = try goldens.picture("unet.odd.latents", backend)
    #expect(throws: TensorError.self) {
      try unet(try latents.batch(0..<1), step: 0, time: time, conditioning: conditioning)
    }
    #expect(throws: TensorError.self) { try unet(latents, step: 1, time: time, conditioning: conditioning) }
    let flat = try latents.reshaped([2, 5, 18, 2])
    #expect(throws: TensorError.self) { try unet(flat, step: 0, time: time, conditioning: conditioning) }
    #expect(throws: TensorError.self) {
      try unet.prepare(hiddenStates: try hidden.reshaped([2, 77 * 2, 16]))
    }
  }

  @Test func `weights of another model are refused by the tensor's name`() throws {
    let backend = try Backend.named("reference")
    let (one, two) = (try Goldens("tiny-sd1").folder(), try Goldens("tiny-sd2").folder())
    #expect(throws: CheckpointError.self) {
      try UNet(try two.unetConfig(), try one.weights(of: .unet), backend: backend)
    }
    let error = #expect(throws: CheckpointError.self) {
      try UNet(try one.unetConfig(), try one.weights(of: .vae), backend: backend)
    }
    #expect(error?.description.contains("time_embedding.linear_1.weight") == true)
  }
}
