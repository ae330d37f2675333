#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Brownian motion over noise levels σ > 0, the noise of the SDE samplers.
///
/// An increment depends on the seed and the two levels only: not on steps taken before, on other pictures of a
/// batch, or on the schedule. It is Lévy's construction: within each octave 2ᵏ ≤ σ < 2ᵏ⁺¹ the motion is a sum of
/// Schauder functions with normal coefficients, each of which Philox gives by its place (octave, node, element).
/// The distribution is that of `torchsde.BrownianTree`, which k-diffusion and A1111 use; its stream of random
/// numbers is not matched, so an SDE sampler's picture is not theirs for the same seed.
public struct BrownianTree: Sendable {
  private let key: UInt64
  /// Halvings of an octave; what is finer is left out and the variance made up for.
  private static let depth = 18

  /// The motion of a seed.
  public init(seed: Int64) { key = UInt64(bitPattern: seed) }

  /// (W(to) − W(from)) / √|to − from| for each of `count` elements, in the order of [channels, height, width]:
  /// normal values with mean 0 and variance 1.
  ///
  /// Both levels are positive and finite; between equal levels there is no noise, and zeros are given.
  public func increment(from: Double, to: Double, count: Int) -> [Float] {
    let (low, high) = (min(from, to), max(from, to))
    guard low > 0, high.isFinite, low < high else { return [Float](repeating: 0, count: count) }
    let nodes = Self.weights(from: low, to: high)
    let length = nodes.reduce(0) { $0 + $1.value * $1.value }.squareRoot()
    let sign = from < to ? 1.0 : -1.0
    var sums = [Float](repeating: 0, count: count)
    // In a fixed order, so that sums are the same every time.
    for (node, value) in nodes.sorted(by: { ($0.key.octave, $0.key.index) < ($1.key.octave, $1.key.index) }) {
      let weight = Float(sign * value / length)
      let octave = UInt32(bitPattern: Int32(node.octave))
      for element in 0..<count {
        let counter = SIMD4(node.index, octave, UInt32(truncatingIfNeeded: element), 1)
        sums[element] += weight * Philox.normal(counter, key: key)
      }
    }
    return sums
  }

  /// A coefficient's place: 0 is a whole octave's increment, from 1 on the nodes of a binary tree, breadth first.
  private struct Node: Hashable {
    let octave: Int
    let index: UInt32
  }

  /// W(high) − W(low) as a sum of coefficients that are not zero.
  private static func weights(from low: Double, to high: Double) -> [Node: Double] {
    var weights: [Node: Double] = [:]
    let (first, last) = (Int(low.exponent), Int(high.exponent))
    for octave in first..<last {
      weights[Node(octave: octave, index: 0), default: 0] += scalbn(1, octave).squareRoot()
    }
    add(high, octave: last, sign: 1, &weights)
    add(low, octave: first, sign: -1, &weights)
    return weights.filter { $0.value != 0 }
  }

  /// The motion from the octave's beginning to `level`.
  private static func add(_ level: Double, octave: Int, sign: Double, _ weights: inout [Node: Double]) {
    let width = scalbn(1, octave)
    var place = level / width - 1
    weights[Node(octave: octave, index: 0), default: 0] += sign * place * width.squareRoot()
    var (index, size) = (UInt32(1), width)
    for _ in 0..<depth {
      weights[Node(octave: octave, index: index), default: 0] +=
        sign * size.squareRoot() / 2 * (1 - abs(2 * place - 1))
      let isRight = place >= 0.5
      index = 2 * index + (isRight ? 1 : 0)
      place = 2 * place - (isRight ? 1 : 0)
      size /= 2
    }
  }
}
