/// One of the two ways in which a block says a bit: by a number's place in a step, a quarter for 0, three quarters
/// for 1 (quantisation index modulation, Chen and Wornell 2001).
enum MarkLayer: CaseIterable {
  /// The block's largest value, as readers of `dwtDct` look for it. It does not outlive JPEG's halved colours.
  case peak
  /// The block's mean, which JPEG keeps; our own.
  case level

  /// The step for a picture of so many blocks: where a text is said only a few times, each must be surer.
  func step(blocks: Int) -> Float {
    switch self {
    case .peak: 36
    case .level: blocks < 600 ? 20 : blocks < 1500 ? 14 : 8
    }
  }

  /// The number that says the bit.
  func number(_ block: ChromaBlock) -> Float {
    switch self {
    case .peak: block.values[block.marked]
    case .level: block.level
    }
  }

  /// How surely a block says 1 (towards 1) or 0 (towards −1).
  func vote(_ block: ChromaBlock, blocks: Int) -> Float {
    let step = step(blocks: blocks)
    let place = number(block) / step
    let rest = place - place.rounded(.down)
    return rest < 0.5 ? -1 + abs(rest - 0.25) * 4 : 1 - abs(rest - 0.75) * 4
  }

  /// The places around `number` that say the bit.
  static func places(_ bit: Bool, near number: Float, step: Float) -> [Float] {
    let whole = (number / step).rounded(.down)
    return [-1, 0, 1].map { (whole + $0 + (bit ? 0.75 : 0.25)) * step }
  }
}
