internal import Checkpoints

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A1111's schedule types: falling lists of σ between a model's largest and smallest.
///
/// Sources: k-diffusion's `get_sigmas_*` and `DiscreteSchedule`; for the others the paper each case of
/// `ScheduleKind` names, in A1111's form.
struct SigmaList {
  let noise: NoiseSchedule
  /// Whether the levels found for SDXL are used instead of SD 1.x's, where there are two tables.
  let isXL: Bool
  /// Ends and ρ where they are not the model's and the schedule's own.
  var range = SigmaRange()

  private var high: Double { range.high ?? Double(noise.sigmas.last ?? 0) }
  private var low: Double { range.low ?? Double(noise.sigmas.first ?? 0) }
  private var lastTimestep: Int { noise.sigmas.count - 1 }

  /// Levels for a count of steps, and where the last one ends: 0 but for `kl_optimal`.
  ///
  /// `ddim` may give some more than the count.
  func values(_ kind: ScheduleKind, count: Int) -> [Double] {
    let list: [Double] =
      switch kind {
      case .karras: KarrasSigmas.values(high: high, low: low, count: count, rho: range.rho ?? 7) + [0]
      case .exponential, .polyexponential: exponential(count, rho: range.rho ?? 1) + [0]
      case .sgmUniform: even(count + 1, within: range).dropLast() + [0]
      case .normal: even(count, within: range) + [0]
      case .klOptimal: optimal(count)
      case .alignYourSteps: aligned(count) + [0]
      case .simple: simple(count) + [0]
      case .ddim: everyNth(count) + [0]
      case .beta: beta(count) + [0]
      default: even(count) + [0]
      }
    return list.map { Double(Float($0)) }
  }

  /// σ at timesteps spread evenly over all.
  private func even(_ count: Int, within range: SigmaRange = SigmaRange()) -> [Double] {
    let first = range.high.map { Float(noise.timestep(of: $0)) } ?? Float(lastTimestep)
    let last = range.low.map { Float(noise.timestep(of: $0)) } ?? 0
    return NoiseSchedule.linspace(first, last, count).map { noise.logSigma(at: Double($0)) }
  }

  private func exponential(_ count: Int, rho: Double) -> [Double] {
    (0..<count).map { index in
      let ramp = count > 1 ? 1 - Double(index) / Double(count - 1) : 1
      return low * pow(high / low, rho == 1 ? ramp : pow(ramp, rho))
    }
  }

  private func optimal(_ count: Int) -> [Double] {
    (0...count).map { index in
      let place = Double(index) / Double(count)
      return tan(place * atan(low) + (1 - place) * atan(high))
    }
  }

  private func simple(_ count: Int) -> [Double] {
    let stride = Double(noise.sigmas.count) / Double(count)
    return (0..<count).map { Double(noise.sigmas[lastTimestep - Int(Double($0) * stride)]) }
  }

  private func everyNth(_ count: Int) -> [Double] {
    let step = max(noise.sigmas.count / count, 1)
    return stride(from: 1, to: noise.sigmas.count, by: step).map { Double(noise.sigmas[$0]) }.reversed()
  }

  private func beta(_ count: Int) -> [Double] {
    (0..<count).map { index in
      let place = count > 1 ? 1 - Double(index) / Double(count - 1) : 1
      return low + BetaDistribution(alpha: 0.6, beta: 0.6).quantile(place) * (high - low)
    }
  }

  /// Sabour 2024, "Align Your Steps", the authors' tables of 10 steps.
  private static let aligned = [
    14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029,
  ]
  private static let alignedXL = [
    14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.380, 0.234, 0.113, 0.029,
  ]

  /// The table, or `count` levels between its ends; a single step begins at the largest.
  private func aligned(_ count: Int) -> [Double] {
    let table = isXL ? Self.alignedXL : Self.aligned
    guard count > 1, count != table.count else { return Array(table.prefix(count)) }
    return (0..<count).map { index in
      let place = Double(index) / Double(count - 1) * Double(table.count - 1)
      let below = min(Int(place), table.count - 2)
      let weight = place - Double(below)
      return exp((1 - weight) * log(table[below]) + weight * log(table[below + 1]))
    }
  }
}
