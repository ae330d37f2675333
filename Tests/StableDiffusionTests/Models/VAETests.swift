import Checkpoints
import Foundation
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

  /// What SDXL's autoencoder does (`force_upcast`): the residual stream of the whole decoder is a million times larger.
  @Test(arguments: BackendPictureTests.others)
  func `activations beyond half precision's range make the same picture`(name: String) throws {
    let goldens = try Goldens("tiny-sd1")
    func decoded(_ name: String) throws -> [Float] {
      let backend = try Backend.named(name, threads: 2)
      let latents = try goldens.picture("vae.latents", backend).scaled(by: 1e6)
      return try VAEDecoder(goldens.folder(), backend: backend)
        .decode(latents.converted(to: backend.activationType)).floats()
    }
    let (expected, found) = (try decoded("reference"), try decoded(name))
    let error = zip(expected, found).reduce(0.0) { $0 + pow(Double($1.0 - $1.1), 2) } / Double(found.count)
    // Of numbers two apart, as colours are.
    #expect(10 * log10(4 / error) >= 30, "\(name): mean square \(error)")
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
