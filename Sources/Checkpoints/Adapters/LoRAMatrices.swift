/// The matrices of a LoRA for one weight: scale · up · down is added to it.
public struct LoRAMatrices: Sendable {
  /// Columns of `up` and rows of `down`.
  public let rank: Int
  /// alpha / rank; 1 without an alpha.
  public let scale: Float
  /// [outputs, rank] in row-major order.
  public let up: [Float]
  /// [rank, inputs · height · width] in row-major order.
  public let down: [Float]

  /// A higher rank than any matrix of a model has.
  private static let rankLimit = 8192

  /// Checks the shapes against the weight's, and multiplies the middle into `down` where there is one.
  init(
    down: StoredTensor, up: StoredTensor, middle: StoredTensor?, alpha: StoredTensor?, weight: [Int]
  ) throws(CheckpointError) {
    guard weight.count >= 2 else {
      throw .wrongShape(name: down.name.printable(), expected: weight, found: down.shape)
    }
    let kernel = Array(weight.dropFirst(2))
    let ones = Array(repeating: 1, count: kernel.count)
    let rank = down.shape.first ?? 0
    let inner = middle.flatMap(\.shape.first) ?? rank
    guard (1...Self.rankLimit).contains(rank), (1...Self.rankLimit).contains(inner) else {
      throw .wrongShape(
        name: down.name.printable(), expected: [Self.rankLimit, weight[1]], found: down.shape)
    }
    try Self.check(down, [rank, weight[1]], middle == nil ? kernel : ones)
    try Self.check(up, [weight[0], inner], ones)
    scale = try Self.alpha(alpha).map { $0 / Float(max(inner, 1)) } ?? 1
    self.up = up.floats()
    self.rank = inner
    guard let middle else {
      self.down = down.floats()
      return
    }
    try Self.check(middle, [inner, rank], kernel)
    self.down = Self.product(
      middle: middle.floats(), down: down.floats(), rows: inner, rank: rank, inputs: weight[1],
      pixels: kernel.reduce(1, *))
  }

  /// A tensor's shape is `sizes` and then `kernel`; a 1×1 kernel may be left out or be there.
  private static func check(
    _ tensor: StoredTensor, _ sizes: [Int], _ kernel: [Int]
  ) throws(CheckpointError) {
    let isPoint = kernel.allSatisfy { $0 == 1 }
    let accepted = isPoint ? [sizes, sizes + [1, 1]] : [sizes + kernel]
    guard accepted.contains(tensor.shape), !tensor.shape.contains(0) else {
      throw .wrongShape(name: tensor.name.printable(), expected: sizes + kernel, found: tensor.shape)
    }
  }

  /// One number of any type.
  private static func alpha(_ tensor: StoredTensor?) throws(CheckpointError) -> Float? {
    guard let tensor else { return nil }
    guard tensor.count == 1, let value = tensor.number, value.isFinite else {
      throw .wrongShape(name: tensor.name.printable(), expected: [1], found: tensor.shape)
    }
    return Float(value)
  }

  /// Σ over q of middle[p, q, pixel] · down[q, input], as [rows, inputs · pixels].
  private static func product(
    middle: [Float], down: [Float], rows: Int, rank: Int, inputs: Int, pixels: Int
  ) -> [Float] {
    var result = [Float](repeating: 0, count: rows * inputs * pixels)
    for row in 0..<rows {
      for q in 0..<rank {
        for pixel in 0..<pixels {
          let factor = middle[(row * rank + q) * pixels + pixel]
          for input in 0..<inputs {
            result[(row * inputs + input) * pixels + pixel] += factor * down[q * inputs + input]
          }
        }
      }
    }
    return result
  }
}

extension StoredTensor {
  /// The value of a tensor of one number, of any usual type; nil for others.
  var number: Double? {
    guard count == 1 else { return nil }
    if type.isWeight { return Double(floats()[0]) }
    return unsafe withUnsafeBytes { bytes in
      switch type {
      case .float64:
        unsafe Double(
          bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)))
      case .int64:
        unsafe Double(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: Int64.self)))
      case .int32:
        unsafe Double(Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: Int32.self)))
      default: nil
      }
    }
  }
}
