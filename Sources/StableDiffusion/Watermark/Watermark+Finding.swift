internal import Generation
public import Pictures

extension Watermark {
  /// The text hidden in a picture; nil when there is none.
  ///
  /// Every length is tried in both layers: a text is believed when all its bytes are printable and the blocks
  /// agree on its bits far more than chance would have them.
  public init?(in picture: Picture) {
    var best: (surplus: Float, text: String)?
    for layer in MarkLayer.allCases {
      let votes = Self.votes(picture, layer)
      for length in GenerationRequest.watermarkLengths
      // With fewer votes a bit hardly any picture would contradict itself.
      where votes.count * 2 >= length * 8 * 3 {
        guard let read = Self.read(votes, length: length), read.surplus > 0.3 else { continue }
        // Twice a text says the same as once: the shorter one stays unless the longer is clearly better.
        if let best, read.surplus < best.surplus + 0.05 { continue }
        best = read
      }
    }
    guard let text = best?.text, let found = try? Watermark(text) else { return nil }
    self = found
  }

  /// What each block of a picture says, row after row.
  static func votes(_ picture: Picture, _ layer: MarkLayer) -> [Float] {
    let count = ChromaBlock.count(in: picture)
    let blocks = count.columns * count.rows
    return (0..<blocks).map {
      let block = ChromaBlock(
        column: $0 % count.columns, row: $0 / count.columns, rgb: picture.rgb, width: picture.width)
      return layer.vote(block, blocks: blocks)
    }
  }

  /// The text of a length that the votes make, and how far they agree beyond what chance makes them, 0…1.
  static func read(_ votes: [Float], length: Int) -> (surplus: Float, text: String)? {
    let bits = length * 8
    var sums = [Float](repeating: 0, count: bits)
    var total: Float = 0, squares: Float = 0
    for (index, vote) in votes.enumerated() {
      sums[index % bits] += vote
      total += vote.magnitude
      squares += vote * vote
    }
    let bytes = (0..<length).map { byte in
      (0..<8).reduce(UInt8(0)) { $0 << 1 | (sums[byte * 8 + $1] > 0 ? 1 : 0) }
    }
    guard total > 0, bytes.allSatisfy(isPrintable) else { return nil }
    let agreement = sums.reduce(0) { $0 + $1.magnitude } / total
    // A walk of n random steps ends about √(2n/π) root-mean-square steps from where it began.
    let chance = min(1, (2 / .pi * squares * Float(bits)).squareRoot() / total)
    let surplus = chance < 1 ? (agreement - chance) / (1 - chance) : 0
    return (surplus, String(decoding: bytes, as: UTF8.self))
  }
}
