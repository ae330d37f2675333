internal import Checkpoints
internal import Tensors

/// Real-ESRGAN's compact network (SRVGGNetCompact): plain convolutions with PReLU between, whose last one gives the
/// details of every enlarged pixel; they are added to the picture enlarged by nearest neighbour.
///
/// PReLU is two halves, x where positive and x where negative, which the next convolution reads side by side: the
/// slopes are in its weights.
struct CompactNetwork: UpscalerNetwork {
  let scale: Int
  let unshuffle = 1
  private let convs: [PackedConv]

  init(_ names: UpscalerNames, _ backend: Backend) throws {
    let layers = (0...).first { names.shape("body.\($0).weight") == nil } ?? 0
    guard layers >= 3, let first = names.shape("body.0.weight"), first.count == 4, first[1] == 3,
      let end = names.shape("body.\(layers - 1).weight"), end.count == 4
    else { throw CheckpointError.missingTensor(name: "body.0.weight") }
    let width = first[0]
    guard let scale = (1...8).first(where: { end[0] == 3 * $0 * $0 }) else {
      throw CheckpointError.wrongShape(
        name: "body.\(layers - 1).weight", expected: [48, width, 3, 3], found: end)
    }
    self.scale = scale
    convs = try stride(from: 0, to: layers, by: 2).map { layer in
      let (inputs, outputs) = (layer == 0 ? 3 : width, layer == layers - 1 ? end[0] : width)
      var weight = try names.floats("body.\(layer).weight", shape: [outputs, inputs, 3, 3])
      let bias = try names.floats("body.\(layer).bias", shape: [outputs])
      guard layer > 0 else {
        return try PackedConv(on: backend, weight: weight, shape: [outputs, inputs, 3, 3], bias: bias)
      }
      weight = Self.doubled(
        weight, slopes: try names.floats("body.\(layer - 1).weight", shape: [inputs]), outputs: outputs)
      return try PackedConv(on: backend, weight: weight, shape: [outputs, 2 * inputs, 3, 3], bias: bias)
    }
  }

  /// [outputs, inputs, 3, 3] → [outputs, 2·inputs, 3, 3]: the second half times the slopes.
  private static func doubled(_ weight: [Float], slopes: [Float], outputs: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(2 * weight.count)
    for output in 0..<outputs {
      let row = Array(weight[output * slopes.count * 9..<(output + 1) * slopes.count * 9])
      result += row
      for (index, value) in row.enumerated() { result.append(value * slopes[index / 9]) }
    }
    return result
  }

  func callAsFunction(_ picture: Tensor) throws(TensorError) -> Tensor {
    var x = try picture.conv(convs[0])
    for conv in convs.dropFirst() {
      let limit = Float.greatestFiniteMagnitude
      x = try x.scaled(by: 1, clampedTo: 0...limit).conv(
        conv, concatenating: x.scaled(by: 1, clampedTo: -limit...0))
    }
    return try shuffled(x, onto: picture)
  }

  /// Channels [3·scale²] become scale × scale pixels, and the picture is added.
  private func shuffled(_ details: Tensor, onto picture: Tensor) throws(TensorError) -> Tensor {
    let (values, base) = (try details.floats(), try picture.floats())
    let (height, width, area) = (picture.shape[1], picture.shape[2], scale * scale)
    var result: [Float] = []
    result.reserveCapacity(values.count)
    for y in 0..<height * scale {
      for x in 0..<width * scale {
        let pixel = y / scale * width + x / scale
        let place = y % scale * scale + x % scale
        for channel in 0..<3 {
          result.append(values[pixel * 3 * area + channel * area + place] + base[pixel * 3 + channel])
        }
      }
    }
    return try picture.backend.parameters(result, shape: [1, height * scale, width * scale, 3])
  }
}
