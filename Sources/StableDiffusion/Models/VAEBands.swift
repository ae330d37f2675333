import Layers
import Tensors

/// The last level of a VAE's decoder, and what follows it, in bands of rows.
///
/// A band is computed with as many rows above and below as its convolutions look at, so bands fit together
/// without a seam. Group norms look at the whole picture: each one's statistics are gathered from all bands
/// before the next convolution, whose bands are then computed anew from the level's input. That is the price of
/// half the memory: about twice the time of a decoding.
struct VAEBands {
  let resnets: [ResnetBlock]
  let outputNorm: GroupNorm
  let output: Conv2d
  /// Rows of a band, without its margins.
  let rows: Int

  /// [1, height, width, channels] → the picture [1, height, width, 3] in float32.
  func decode(_ x: Tensor) throws(TensorError) -> Tensor {
    var norms: [InputNorm] = []
    for norm in resnets.flatMap({ [$0.norm1, $0.norm2] }) + [outputNorm] {
      var moments = GroupMoments(norm)
      for band in bands(x) { try moments.add(run(x, band, norms).rows(band).tensor) }
      norms.append(try moments.factors())
    }
    var (picture, channels): ([Float], Int) = ([], 0)
    for band in bands(x) {
      let hidden = try run(x, band, norms)
      let part = try output(
        hidden.tensor, hidden.geometry, normalisedBy: norms.last, then: Epilogue(outputType: .float32))
      picture += try hidden.convolved(part).rows(band).tensor.floats()
      channels = part.shape[3]
    }
    return try x.backend.parameters(picture, shape: [1, x.shape[1], x.shape[2], channels])
  }

  private func bands(_ x: Tensor) -> [Range<Int>] {
    let height = x.shape[1]
    return stride(from: 0, to: height, by: rows).map { $0..<min($0 + rows, height) }
  }

  /// A band after as many convolutions as there are norms for, with a margin of a row for each; the last norm is
  /// the output's own.
  private func run(
    _ x: Tensor, _ band: Range<Int>, _ norms: [InputNorm]
  ) throws(TensorError) -> BandRows {
    let margin = norms.count
    let seen = max(0, band.lowerBound - margin)..<min(x.shape[1], band.upperBound + margin)
    var rows = try BandRows(whole: x).rows(seen)
    for (index, resnet) in resnets.enumerated() where 2 * index < norms.count {
      let hidden = rows.convolved(try resnet.first(rows.tensor, norms[2 * index], rows.geometry))
      guard 2 * index + 1 < norms.count else { return hidden }
      let input = try rows.rows(hidden.after).tensor
      rows = hidden.convolved(
        try resnet.second(hidden.tensor, norms[2 * index + 1], hidden.geometry, input: input))
    }
    return rows
  }
}
