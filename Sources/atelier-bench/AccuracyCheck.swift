import Checkpoints
import StableDiffusion
import Tensors

/// A model's networks on one device, against goldens.
struct AccuracyCheck {
  /// What is compared; the raw value is what people read.
  enum Part: String, CaseIterable { case text, unet, vae }

  private let backend: Backend
  private let folder: ModelFolder
  private let goldens: SafetensorsFile

  init(_ backend: Backend, folder: ModelFolder, goldens: SafetensorsFile) {
    self.backend = backend
    self.folder = folder
    self.goldens = goldens
  }

  /// The error that is allowed, relative to the size of the result.
  var bound: Double {
    switch backend.productType {
    case .float32: 1e-4
    case .float16, .bfloat16, .int16: 0.02
    case .int8: 0.1
    }
  }

  /// Runs one network; the length of the difference over the length of the golden, not a number if a result is not.
  func error(of part: Part) throws -> Double {
    switch part {
    case .text: try distance(hiddenStates(), "text.last")
    case .unet: try distance(prediction(), "unet.prediction")
    case .vae: try distance(picture(), "vae.decoded")
    }
  }

  private func hiddenStates() throws -> [Float] {
    let ids = try goldens.tensor("text.ids")
    let (length, flat) = (ids.shape[1], ids.floats().map { Int32($0) })
    let rows = stride(from: 0, to: flat.count, by: length).map { Array(flat[$0..<$0 + length]) }
    return try TextEncoder(folder, backend: backend).encode(tokenIDs: rows).floats()
  }

  private func prediction() throws -> [Float] {
    let unet = try UNet(folder, backend: backend)
    let hidden = try goldens.tensor("text.last")
    let conditioning = try unet.prepare(
      hiddenStates: backend.tensor(hidden.floats(), shape: Shape(hidden.shape)))
    let time = try unet.timeEmbeddings(goldens.tensor("unet.timestep").floats())
    return try unet(latents("unet.latents"), step: 0, time: time, conditioning: conditioning)
      .channelsFirstFloats()
  }

  private func picture() throws -> [Float] {
    try VAEDecoder(folder, backend: backend).decode(latents("vae.latents")).channelsFirstFloats()
  }

  private func latents(_ name: String) throws -> Tensor {
    let tensor = try goldens.tensor(name)
    let shape = tensor.shape
    return try backend.tensor(
      channelsFirst: tensor.floats(), batch: shape[0], channels: shape[1], height: shape[2], width: shape[3])
  }

  private func distance(_ found: [Float], _ name: String) throws -> Double {
    let expected = try goldens.tensor(name).floats()
    guard expected.count == found.count else { return .infinity }
    var (difference, size) = (0.0, 0.0)
    for (one, other) in zip(expected, found) {
      difference += Double(one - other) * Double(one - other)
      size += Double(one) * Double(one)
    }
    return (difference / size).squareRoot()
  }
}
