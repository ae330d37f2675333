public import Checkpoints

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The noise a model was trained with: β → ᾱ → σ for every training timestep.
///
/// Rounded to float32 where diffusers rounds, so that the numbers are the same.
public struct NoiseSchedule: Sendable {
  /// ᾱ(t), the cumulative products of 1 − β.
  public let alphaBars: [Float]
  /// σ(t) = √((1 − ᾱ) / ᾱ).
  public let sigmas: [Float]

  /// Builds the schedule of a model.
  /// - Parameter keepsTerminalSignal: With zero terminal SNR, whether the last ᾱ is 2⁻²⁴ instead of 0, as the
  ///   samplers that work with σ need it.
  public init(_ config: SchedulerConfig, keepsTerminalSignal: Bool = true) {
    var betas = Self.betas(config)
    if config.rescalesToZeroSNR { betas = Self.rescaledToZeroSNR(betas) }
    var bars = Self.products(betas)
    if config.rescalesToZeroSNR, keepsTerminalSignal { bars[bars.count - 1] = 0x1p-24 }
    alphaBars = bars
    sigmas = bars.map { ((1 - $0) / $0).squareRoot() }
  }

  private static func betas(_ config: SchedulerConfig) -> [Float] {
    let count = config.trainTimesteps
    switch config.betaSchedule {
    case .linear:
      return linspace(Float(config.betaStart), Float(config.betaEnd), count)
    case .scaledLinear:
      let ends = (Float(config.betaStart.squareRoot()), Float(config.betaEnd.squareRoot()))
      return linspace(ends.0, ends.1, count).map { $0 * $0 }
    case .squaredCosine:
      func bar(_ t: Double) -> Double {
        let root = cos((t + 0.008) / 1.008 * Double.pi / 2)
        return root * root
      }
      return (0..<count).map { step in
        let (t0, t1) = (Double(step) / Double(count), Double(step + 1) / Double(count))
        return Float(min(1 - bar(t1) / bar(t0), 0.999))
      }
    }
  }

  /// `torch.linspace` in float32, which counts from both ends to the middle.
  static func linspace(_ start: Float, _ end: Float, _ count: Int) -> [Float] {
    guard count > 1 else { return [start] }
    let step = (end - start) / Float(count - 1)
    return (0..<count).map { index in
      index < count / 2 ? start + step * Float(index) : end - step * Float(count - 1 - index)
    }
  }

  private static func products(_ betas: [Float]) -> [Float] {
    var product = 1.0
    return betas.map { beta in
      product *= Double(1 - beta)
      return Float(product)
    }
  }

  /// Lin 2023, "Common Diffusion Noise Schedules and Sample Steps are Flawed", algorithm 1.
  private static func rescaledToZeroSNR(_ betas: [Float]) -> [Float] {
    var roots = products(betas).map { $0.squareRoot() }
    guard let first = roots.first, let last = roots.last, first > last else { return betas }
    roots = roots.map { ($0 - last) * (first / (first - last)) }
    let bars = roots.map { $0 * $0 }
    return bars.indices.map { index in index == 0 ? 1 - bars[0] : 1 - bars[index] / bars[index - 1] }
  }

  /// σ between training timesteps, linear in σ; clamped to the ends.
  func sigma(at timestep: Double) -> Double {
    let (low, weight) = place(timestep)
    let (a, b) = (Double(sigmas[low]), Double(sigmas[min(low + 1, sigmas.count - 1)]))
    return a + (b - a) * weight
  }

  /// σ between training timesteps, linear in log σ (k-diffusion).
  func logSigma(at timestep: Double) -> Double {
    let (low, weight) = place(timestep)
    let (a, b) = (log(Double(sigmas[low])), log(Double(sigmas[min(low + 1, sigmas.count - 1)])))
    return exp((1 - weight) * a + weight * b)
  }

  private func place(_ timestep: Double) -> (Int, Double) {
    let clamped = min(max(timestep, 0), Double(sigmas.count - 1))
    let low = Int(clamped)
    return (low, clamped - Double(low))
  }

  /// The timestep whose σ this is, linear in log σ between training timesteps.
  func timestep(of sigma: Double) -> Double {
    let wanted = log(max(sigma, 1e-10))
    var (low, high) = (0, sigmas.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if Double(logf(sigmas[middle])) <= wanted { low = middle } else { high = middle }
    }
    let (a, b) = (Double(logf(sigmas[low])), Double(logf(sigmas[high])))
    guard a != b else { return Double(low) }
    let weight = min(max((a - wanted) / (a - b), 0), 1)
    return (1 - weight) * Double(low) + weight * Double(high)
  }
}
