internal import Checkpoints
internal import Tensors

/// A 3×3 convolution over any number of sources, as if their channels were joined: two at a time, each product
/// added to the one before.
struct SplitConv {
  private let parts: [PackedConv]

  /// Takes `name.weight` [outputs, Σ inputs, 3, 3] and `name.bias`.
  init(_ names: UpscalerNames, _ name: String, inputs: [Int], outputs: Int, _ backend: Backend) throws {
    let width = inputs.reduce(0, +)
    let weight = try names.floats("\(name).weight", shape: [outputs, width, 3, 3])
    let bias = try names.floats("\(name).bias", shape: [outputs])
    var parts: [PackedConv] = []
    var start = 0
    for index in stride(from: 0, to: inputs.count, by: 2) {
      let count = inputs[index..<min(index + 2, inputs.count)].reduce(0, +)
      var part: [Float] = []
      part.reserveCapacity(outputs * count * 9)
      for output in 0..<outputs {
        let row = (output * width + start) * 9
        part += weight[row..<row + count * 9]
      }
      parts.append(
        try PackedConv(
          on: backend, weight: part, shape: [outputs, count, 3, 3], bias: index == 0 ? bias : nil))
      start += count
    }
    self.parts = parts
  }

  /// The sum over all sources, then `residual`.
  /// - Parameter enlargedTo: The size sources are enlarged to before, by nearest neighbour.
  func callAsFunction(
    _ sources: [Tensor], enlargedTo size: (Int, Int)? = nil, residual: Tensor? = nil
  ) throws(TensorError) -> Tensor {
    let geometry = size.map { ConvGeometry.enlarging(height: $0.0, width: $0.1) } ?? .same
    var sum = residual
    for (index, part) in parts.enumerated() {
      let second = 2 * index + 1 < sources.count ? sources[2 * index + 1] : nil
      sum = try sources[2 * index].conv(
        part, geometry, concatenating: second, then: Epilogue(residual: sum))
    }
    return sum ?? sources[0]
  }
}

extension Tensor {
  /// x where it is positive, slope·x elsewhere.
  func leaky(_ slope: Float = 0.2) throws(TensorError) -> Tensor {
    let positive = try scaled(by: 1 - slope, clampedTo: 0...Float.greatestFiniteMagnitude)
    return try Tensor.combination((slope, self), (1, positive))
  }
}
