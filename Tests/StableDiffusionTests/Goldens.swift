import Checkpoints
import Foundation
import Tensors
import Testing

/// The tiny models and golden tensors that `Tests/goldens/make.py` made with diffusers.
struct Goldens {
  /// The tiny models: an SD 1.x and an SD 2.x.
  static let models = ["tiny-sd1", "tiny-sd2"]

  let model: String
  private let file: SafetensorsFile

  /// The goldens of one model; `suffix` names another file of it, for example `-samplers`.
  init(_ model: String, suffix: String = "") throws {
    self.model = model
    let name = "\(model)\(suffix).safetensors"
    file = try SafetensorsFile(path: try Self.path(name), label: name)
  }

  /// The path of a file or folder among the goldens.
  static func path(_ name: String) throws -> String {
    let url = try #require(Bundle.module.url(forResource: "Goldens", withExtension: nil))
    return url.appendingPathComponent(name).path
  }

  /// The model's folder.
  func folder() throws -> ModelFolder { try ModelFolder(path: try Self.path(model)) }

  /// A golden's numbers, in torch's order.
  func floats(_ name: String) throws -> [Float] { try file.tensor(name).floats() }

  /// A golden's extents, in torch's order.
  func shape(_ name: String) throws -> [Int] { try file.tensor(name).shape }

  /// A golden of shape [batch, channels, height, width] as a tensor of [batch, height, width, channels].
  func picture(_ name: String, _ backend: Backend) throws -> Tensor {
    let shape = try shape(name)
    return try backend.tensor(
      channelsFirst: try floats(name), batch: shape[0], channels: shape[1], height: shape[2],
      width: shape[3])
  }

  /// A golden of up to four extents as a tensor of the same shape.
  func tensor(_ name: String, _ backend: Backend) throws -> Tensor {
    try backend.tensor(try floats(name), shape: Shape(try shape(name)))
  }

  /// A golden of ids [batch, length].
  func tokenIDs(_ name: String) throws -> [[Int32]] {
    let length = try shape(name)[1]
    let flat = try floats(name).map { Int32($0) }
    return stride(from: 0, to: flat.count, by: length).map { Array(flat[$0..<$0 + length]) }
  }

  /// The largest difference between a golden and numbers in its order; infinite if their counts differ.
  func error(_ name: String, _ found: [Float]) throws -> Float {
    let expected = try floats(name)
    guard expected.count == found.count else { return .infinity }
    // A comparison that NaN fails.
    return zip(expected, found).reduce(0) { worst, pair in
      let error = abs(pair.0 - pair.1)
      return error <= worst ? worst : (error.isNaN ? .infinity : error)
    }
  }
}
