import Tensors

/// Some rows of a picture, and where they are in it.
struct BandRows {
  /// The values, [1, rows, width, channels].
  let tensor: Tensor
  /// The rows, counted in the whole picture.
  let range: Range<Int>
  /// The whole picture's height.
  let height: Int

  /// All rows of a picture.
  init(whole tensor: Tensor) {
    self.init(tensor, 0..<tensor.shape[1], height: tensor.shape[1])
  }

  init(_ tensor: Tensor, _ range: Range<Int>, height: Int) {
    self.tensor = tensor
    self.range = range
    self.height = height
  }

  /// Fewer of them; shares memory.
  func rows(_ wanted: Range<Int>) throws(TensorError) -> BandRows {
    let shape = tensor.shape
    let inner = wanted.lowerBound - range.lowerBound..<wanted.upperBound - range.lowerBound
    let taken = try tensor.reshaped([shape[1], shape[2], shape[3]]).batch(inner)
    return BandRows(
      try taken.reshaped([1, inner.count, shape[2], shape[3]]), wanted, height: height)
  }

  /// A 3×3 convolution of these rows gives `after` of the result: it pads only where the picture ends.
  var geometry: ConvGeometry {
    ConvGeometry(
      padding: .init(
        top: range.lowerBound == 0 ? 1 : 0, left: 1, bottom: range.upperBound == height ? 1 : 0, right: 1))
  }

  /// The rows that a 3×3 convolution makes of these.
  var after: Range<Int> {
    let first = range.lowerBound == 0 ? 0 : range.lowerBound + 1
    return first..<(range.upperBound == height ? height : range.upperBound - 1)
  }

  /// What a 3×3 convolution made of these rows.
  func convolved(_ result: Tensor) -> BandRows { BandRows(result, after, height: height) }
}
