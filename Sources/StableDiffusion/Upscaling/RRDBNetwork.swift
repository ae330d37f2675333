internal import Checkpoints
internal import Tensors

/// ESRGAN's network (Wang 2018): residual-in-residual dense blocks, then enlargement by nearest neighbour and
/// convolutions.
///
/// Real-ESRGAN's for factors 1 and 2 see blocks of 4×4 or 2×2 pixels as channels and enlarge four times.
struct RRDBNetwork: UpscalerNetwork {
  let scale: Int
  let unshuffle: Int
  private let first: SplitConv
  private let blocks: [[DenseBlock]]
  private let trunk: SplitConv
  private let enlargements: [SplitConv]
  private let before: SplitConv
  private let last: SplitConv

  /// Five convolutions, each of which sees all before it.
  private struct DenseBlock {
    let convs: [SplitConv]

    init(_ names: UpscalerNames, _ path: String, _ width: Int, _ growth: Int, _ backend: Backend) throws {
      convs = try (0..<5).map { index in
        try SplitConv(
          names, "\(path).conv\(index + 1)", inputs: [width] + [Int](repeating: growth, count: index),
          outputs: index == 4 ? width : growth, backend)
      }
    }

    func callAsFunction(_ x: Tensor) throws(TensorError) -> Tensor {
      var seen = [x]
      for conv in convs.dropLast() { seen.append(try conv(seen).leaky()) }
      return try Tensor.combination((0.2, convs[4](seen)), (1, x))
    }
  }

  init(_ names: UpscalerNames, _ backend: Backend) throws {
    guard let input = names.shape("conv_first.weight"), input.count == 4,
      let growth = names.shape("body.0.rdb1.conv1.weight")?.first,
      let outputs = names.shape("conv_last.weight")?.first, outputs == 3
    else { throw CheckpointError.missingTensor(name: "body.0.rdb1.conv1.weight") }
    let (width, channels) = (input[0], input[1])
    guard let unshuffle = [3: 1, 12: 2, 48: 4][channels] else {
      throw CheckpointError.wrongShape(name: "conv_first.weight", expected: [width, 3, 3, 3], found: input)
    }
    first = try SplitConv(names, "conv_first", inputs: [channels], outputs: width, backend)
    let count = (0...).first { names.shape("body.\($0).rdb1.conv1.weight") == nil } ?? 0
    blocks = try (0..<count).map { block in
      try (1...3).map { part in try DenseBlock(names, "body.\(block).rdb\(part)", width, growth, backend) }
    }
    trunk = try SplitConv(names, "conv_body", inputs: [width], outputs: width, backend)
    let steps = (1...).first { names.shape("conv_up\($0).weight") == nil } ?? 1
    enlargements = try (1..<steps).map {
      try SplitConv(names, "conv_up\($0)", inputs: [width], outputs: width, backend)
    }
    before = try SplitConv(names, "conv_hr", inputs: [width], outputs: width, backend)
    last = try SplitConv(names, "conv_last", inputs: [width], outputs: 3, backend)
    self.unshuffle = unshuffle
    let factor = 1 << (steps - 1)
    guard factor.isMultiple(of: unshuffle) else {
      throw CheckpointError.wrongShape(name: "conv_first.weight", expected: [width, 3, 3, 3], found: input)
    }
    scale = factor / unshuffle
  }

  func callAsFunction(_ picture: Tensor) throws(TensorError) -> Tensor {
    let features = try first([picture])
    var x = features
    for block in blocks {
      let start = x
      for dense in block { x = try dense(x) }
      x = try Tensor.combination((0.2, x), (1, start))
    }
    x = try trunk([x], residual: features)
    for conv in enlargements {
      x = try conv([x], enlargedTo: (2 * x.shape[1], 2 * x.shape[2])).leaky()
    }
    return try last([before([x]).leaky()])
  }
}
