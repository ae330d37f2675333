internal import Tensors

/// A network that enlarges pictures.
protocol UpscalerNetwork {
  /// How many times larger its results are.
  var scale: Int { get }
  /// Pixels a side that it sees as channels of one; 1 as a rule.
  var unshuffle: Int { get }
  /// Pictures [1, h, w, 3], 0…1, or with `unshuffle` n [1, h/n, w/n, 3·n²] → [1, scale·h, scale·w, 3].
  func callAsFunction(_ picture: Tensor) throws(TensorError) -> Tensor
}
