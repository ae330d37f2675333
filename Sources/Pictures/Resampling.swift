/// Changes of size and place on rows of interleaved bytes.
enum Resampling {
  /// What one new pixel is made of: old pixels from `start`, and each one's share in 2⁻²².
  private struct Span {
    let start: Int
    let weights: [Int32]
  }

  /// Binary digits of a share after the point: Pillow's `PRECISION_BITS`.
  private static let precision: Int32 = 22

  /// Bytes in another size: first along rows, then along columns, rounded to bytes between, in Pillow's own numbers.
  ///
  /// When a side shrinks, the kernel widens with it, so that every old pixel counts.
  static func resize(
    _ bytes: [UInt8], channels: Int, from: (width: Int, height: Int), to: (width: Int, height: Int),
    _ filter: ResampleFilter
  ) -> [UInt8] {
    if from == to { return bytes }
    if filter == .nearest { return nearest(bytes, channels: channels, from: from, to: to) }
    var (bytes, width) = (bytes, from.width)
    if from.width != to.width {
      bytes = rows(bytes, channels, from, spans(from: from.width, to: to.width, filter))
      width = to.width
    }
    guard from.height != to.height else { return bytes }
    return columns(bytes, stride: width * channels, spans(from: from.height, to: to.height, filter))
  }

  /// The pixels in a box of a picture `width` pixels wide.
  static func crop(_ bytes: [UInt8], channels: Int, width: Int, _ box: PixelBox) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(box.width * box.height * channels)
    for y in box.top..<box.bottom {
      let start = (y * width + box.left) * channels
      result += bytes[start..<start + box.width * channels]
    }
    return result
  }

  private static func nearest(
    _ bytes: [UInt8], channels: Int, from: (width: Int, height: Int), to: (width: Int, height: Int)
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(to.width * to.height * channels)
    let across = (0..<to.width).map { (2 * $0 + 1) * from.width / (2 * to.width) }
    for y in 0..<to.height {
      let row = (2 * y + 1) * from.height / (2 * to.height) * from.width
      for x in across {
        let start = (row + x) * channels
        result += bytes[start..<start + channels]
      }
    }
    return result
  }

  private static func spans(from old: Int, to new: Int, _ filter: ResampleFilter) -> [Span] {
    let scale = Double(old) / Double(new)
    let stretch = max(scale, 1)
    let shrink = 1 / stretch
    let reach = filter.support * stretch
    return (0..<new).map { index in
      let centre = (Double(index) + 0.5) * scale
      let first = max(Int(centre - reach + 0.5), 0)
      let last = min(Int(centre + reach + 0.5), old)
      let weights = (first..<max(last, first + 1)).map {
        filter.weight((Double($0) - centre + 0.5) * shrink)
      }
      let sum = weights.reduce(0, +)
      return Span(start: min(first, old - 1), weights: weights.map { fixed(sum == 0 ? 1 : $0 / sum) })
    }
  }

  /// A share as a whole number, rounded away from 0 at the middle.
  private static func fixed(_ share: Double) -> Int32 {
    Int32((share * Double(1 << precision)).rounded(.toNearestOrAwayFromZero))
  }

  private static func rows(
    _ bytes: [UInt8], _ channels: Int, _ from: (width: Int, height: Int), _ spans: [Span]
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(spans.count * from.height * channels)
    for y in 0..<from.height {
      for span in spans {
        let start = (y * from.width + span.start) * channels
        for channel in 0..<channels {
          var sum = Int32(1) << (precision - 1)
          for (offset, weight) in span.weights.enumerated() {
            sum &+= weight &* Int32(bytes[start + offset * channels + channel])
          }
          result.append(whole(sum))
        }
      }
    }
    return result
  }

  private static func columns(_ bytes: [UInt8], stride: Int, _ spans: [Span]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(spans.count * stride)
    let half = Int32(1) << (precision - 1)
    var sums = [Int32](repeating: half, count: stride)
    for span in spans {
      for column in 0..<stride { sums[column] = half }
      for (offset, weight) in span.weights.enumerated() {
        let start = (span.start + offset) * stride
        for column in 0..<stride { sums[column] &+= weight &* Int32(bytes[start + column]) }
      }
      for sum in sums { result.append(whole(sum)) }
    }
    return result
  }

  /// A sum of shares as a byte.
  private static func whole(_ sum: Int32) -> UInt8 { UInt8(min(max(sum >> precision, 0), 255)) }

  /// A value of 0…255 as the nearest byte.
  static func byte(_ value: Float) -> UInt8 { UInt8(min(max(value + 0.5, 0), 255)) }
}
