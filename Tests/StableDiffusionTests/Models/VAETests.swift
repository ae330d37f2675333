import Checkpoints
import StableDiffusion
import Tensors
import Testing

@Suite struct VAETests {
  @Test(arguments: Goldens.models)
  func `decoding equals diffusers'`(model: String) throws {
    let goldens = try Goldens(model)
    let backend = try Backend.named("reference")
    let decoder = try VAEDecoder(try goldens.folder(), backend: backend)
    let picture = try decoder.decode(try goldens.picture("vae.latents", backend))
    #expect(picture.shape == [1, 40, 64, 3])
    #expect(try goldens.error("vae.decoded", try picture.channelsFirstFloats()) < 1e-4)
  }

  /// Bands of 7 rows of 40: margins overlap, and the last band is a short one.
  @Test(arguments: Goldens.models)
  func `decoding in bands gives the same picture`(model: String) throws {
    let goldens = try Goldens(model)
    let backend = try Backend.named("cpu", precision: .full)
    let decoder = try VAEDecoder(try goldens.folder(), backend: backend)
    let latents = try goldens.picture("vae.latents", backend)
    let whole = try decoder.decode(latents)
    let banded = try decoder.decode(latents, bandRows: 7)
    #expect(banded.shape == whole.shape)
    let (one, other) = (try whole.floats(), try banded.floats())
    let worst = zip(one, other).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    #expect(worst < 1e-4, "largest difference \(worst)")
  }

  @Test(arguments: Goldens.models)
  func `encoding equals diffusers'`(model: String) throws {
    let goldens = try Goldens(model)
    let backend = try Backend.named("reference")
    let encoder = try VAEEncoder(try goldens.folder(), backend: backend)
    let posterior = try encoder.encode(try goldens.picture("vae.picture", backend))
    #expect(posterior.mean.shape == [1, 5, 8, 4])
    #expect(try goldens.error("vae.mean", try posterior.mean.channelsFirstFloats()) < 1e-4)
    #expect(try goldens.error("vae.logvar", try posterior.logVariance.channelsFirstFloats()) < 1e-4)
  }

  @Test func `scaling and unscaling are inverse`() throws {
    let goldens = try Goldens("tiny-sd1")
    let backend = try Backend.named("reference")
    let folder = try goldens.folder()
    let latents = try goldens.picture("vae.latents", backend)
    let scaled = try VAEEncoder(folder, backend: backend).scaled(latents)
    #expect(try scaled.floats()[0] == latents.floats()[0] * 0.18215)
    let back = try VAEDecoder(folder, backend: backend).unscaled(scaled)
    for (one, other) in zip(try latents.floats(), try back.floats()) { #expect(abs(one - other) < 1e-5) }
  }

  @Test func `refuses pictures and latents of other forms`() throws {
    let goldens = try Goldens("tiny-sd1")
    let backend = try Backend.named("reference")
    let folder = try goldens.folder()
    let zeros = [Float](repeating: 0, count: 12 * 8 * 3)
    let picture = try backend.tensor(zeros, shape: [1, 12, 8, 3])
    let encoder = try VAEEncoder(folder, backend: backend)
    #expect(throws: TensorError.self) { try encoder.encode(picture) }
    let decoder = try VAEDecoder(folder, backend: backend)
    #expect(throws: TensorError.self) { try decoder.decode(picture) }
  }
}
