public import Tensors

/// Means and variances of a group norm's groups, gathered from parts of a picture.
///
/// The whole picture's statistics follow exactly from its parts' (Chan 1979), so a picture that is worked on in
/// bands is normalised as one that is not.
public struct GroupMoments: Sendable {
  private let norm: GroupNorm
  private var pixels = 0.0
  private var means: [Double] = []
  private var squares: [Double] = []  // Σ(x − mean)²

  /// Begins with nothing.
  public init(_ norm: GroupNorm) { self.norm = norm }

  /// Adds rows of one picture: [1, rows, width, channels].
  public mutating func add(_ part: Tensor) throws(TensorError) {
    let (mean, variance) = try norm.moments(part)
    let count = Double(part.shape[1] * part.shape[2])
    if pixels == 0 {
      means = [Double](repeating: 0, count: mean.count)
      squares = means
    }
    let total = pixels + count
    for channel in mean.indices {
      let apart = mean[channel] - means[channel]
      means[channel] += apart * count / total
      squares[channel] += variance[channel] * count + apart * apart * pixels * count / total
    }
    pixels = total
  }

  /// The norm and SiLU of the whole, for the convolution that reads it next.
  public func factors() throws(TensorError) -> InputNorm {
    try norm.factors(means: means, variances: squares.map { $0 / pixels })
  }
}
