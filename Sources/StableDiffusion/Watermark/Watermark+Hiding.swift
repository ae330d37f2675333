public import Pictures

extension Watermark {
  /// How far the value that says the bit stands above the block's others.
  private static let margin: Float = 6

  /// The picture with the text in it, once in each layer.
  public func hidden(in picture: Picture) -> Picture {
    let (bits, width) = (bits, picture.width)
    let count = ChromaBlock.count(in: picture)
    let blocks = count.columns * count.rows
    let step = MarkLayer.level.step(blocks: blocks)
    var rgb = picture.rgb
    for number in 0..<blocks {
      let bit = bits[number % bits.count]
      var block = ChromaBlock(
        column: number % count.columns, row: number / count.columns, rgb: rgb, width: width)
      let level = Self.setLevel(bit, &block, step, &rgb, width)
      Self.setPeak(bit, &block, &rgb, width)
      block.move(to: level, keeping: block.marked, rgb: &rgb, width: width)
    }
    return Picture(width: width, height: picture.height, rgb: rgb)
  }

  /// Moves the block's mean to the nearest place that says the bit and that its colours reach; returns it.
  private static func setLevel(
    _ bit: Bool, _ block: inout ChromaBlock, _ step: Float, _ rgb: inout [UInt8], _ width: Int
  ) -> Float {
    let before = block.level
    let places = MarkLayer.places(bit, near: before, step: step)
      .sorted { ($0 - before).magnitude < ($1 - before).magnitude }
    let pixels = block.pixels(rgb, width)
    for place in places.prefix(2) {
      block.move(to: place, keeping: nil, rgb: &rgb, width: width)
      if (block.level - place).magnitude < step / 8 { return place }
      block.restore(pixels, &rgb, width)
    }
    return before
  }

  /// Moves the block's largest value to the nearest place that says the bit, and what is too near it below.
  private static func setPeak(
    _ bit: Bool, _ block: inout ChromaBlock, _ rgb: inout [UInt8], _ width: Int
  ) {
    let (marked, values) = (block.marked, block.values)
    let step = MarkLayer.peak.step(blocks: 0)
    let target =
      MarkLayer.places(bit, near: values[marked], step: step)
      .min { cost($0, marked, values) < cost($1, marked, values) } ?? values[marked]
    block.add(target - values[marked], to: marked, rgb: &rgb, width: width)
    for index in values.indices.dropFirst() where index != marked {
      let excess = values[index] - (target - margin)
      if excess > 0 { block.add(-excess, to: index, rgb: &rgb, width: width) }
    }
  }

  /// How much a place changes the block.
  private static func cost(_ target: Float, _ marked: Int, _ values: [Float]) -> Float {
    var cost = (target - values[marked]).magnitude
    for index in values.indices.dropFirst() where index != marked {
      cost += max(0, values[index] - (target - margin))
    }
    return cost
  }
}
