/// How latents change their size: torch's `interpolate` without aligned corners, under A1111's names.
public enum LatentUpscaler: String, Sendable, CaseIterable {
  case bilinear = "Latent"
  case bilinearAntialiased = "Latent (antialiased)"
  case bicubic = "Latent (bicubic)"
  case bicubicAntialiased = "Latent (bicubic antialiased)"
  case nearest = "Latent (nearest)"
  case nearestExact = "Latent (nearest-exact)"

  /// What a new value is made of: old indices and their shares.
  private typealias Taps = [(index: Int, weight: Float)]

  /// Values [height, width, channels] in another size.
  func resized(
    _ values: [Float], channels: Int, from: (width: Int, height: Int), to: (width: Int, height: Int)
  ) -> [Float] {
    let (across, down) = (taps(from.width, to.width), taps(from.height, to.height))
    var rows = [Float](repeating: 0, count: from.height * to.width * channels)
    for y in 0..<from.height {
      for (x, taps) in across.enumerated() {
        for (index, weight) in taps {
          for channel in 0..<channels {
            rows[(y * to.width + x) * channels + channel] +=
              weight * values[(y * from.width + index) * channels + channel]
          }
        }
      }
    }
    let stride = to.width * channels
    var result = [Float](repeating: 0, count: to.height * stride)
    for (y, taps) in down.enumerated() {
      for (index, weight) in taps {
        for column in 0..<stride { result[y * stride + column] += weight * rows[index * stride + column] }
      }
    }
    return result
  }

  private func taps(_ old: Int, _ new: Int) -> [Taps] {
    let scale = Double(old) / Double(new)
    return (0..<new).map { index in
      let place = (Double(index) + 0.5) * scale - 0.5
      switch self {
      case .nearest: return [(min(Int(Double(index) * scale), old - 1), 1)]
      case .nearestExact: return [(min(Int((Double(index) + 0.5) * scale), old - 1), 1)]
      case .bilinear: return Self.clamped(max(place, 0), reach: 1, old) { max(1 - $0, 0) }
      case .bicubic: return Self.clamped(place, reach: 2, old) { Self.cubic($0, -0.75) }
      case .bilinearAntialiased: return Self.spread(place, scale, reach: 1, old) { max(1 - $0, 0) }
      case .bicubicAntialiased: return Self.spread(place, scale, reach: 2, old) { Self.cubic($0, -0.5) }
      }
    }
  }

  /// Indices beyond the edge are the edge's.
  private static func clamped(
    _ place: Double, reach: Int, _ count: Int, _ weight: (Double) -> Double
  ) -> Taps {
    let first = Int(place.rounded(.down)) - reach + 1
    return (first..<first + 2 * reach).map { index in
      (min(max(index, 0), count - 1), Float(weight(abs(place - Double(index)))))
    }
  }

  /// The kernel widens where the size shrinks; indices beyond the edge have no share.
  private static func spread(
    _ place: Double, _ scale: Double, reach: Int, _ count: Int, _ weight: (Double) -> Double
  ) -> Taps {
    let stretch = max(scale, 1)
    let width = Double(reach) * stretch
    let first = max(Int((place - width + 0.5).rounded(.down)), 0)
    let last = max(min(Int((place + width + 0.5).rounded(.up)), count), first + 1)
    let weights = (first..<last).map { weight(abs(place - Double($0)) / stretch) }
    let sum = weights.reduce(0, +)
    return zip(first..<last, weights).map { ($0, Float(sum == 0 ? 1 : $1 / sum)) }
  }

  /// Keys' cubic convolution.
  private static func cubic(_ x: Double, _ a: Double) -> Double {
    if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
  }
}
