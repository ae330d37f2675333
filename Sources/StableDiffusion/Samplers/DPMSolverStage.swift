internal import Tensors

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One step of DPM-Solver-1, -2 or -3 (Lu 2022, "DPM-Solver: A Fast ODE Solver", algorithms 1, 4 and 5) in
/// t = −log σ, evaluation by evaluation; σ is all there is of the noise schedule (k-diffusion's `DPMSolver`).
struct DPMSolverStage {
  let start: Double
  let end: Double
  /// Where the model is looked at, as shares of the way, the start's 0 left out.
  let places: [Double]

  private var h: Double { end - start }

  /// σ where the model is looked at for the `index`-th time, from 0.
  func sigma(_ index: Int) -> Double { exp(-(start + (index == 0 ? 0 : places[index - 1]) * h)) }

  /// The latents at the next place.
  /// - Parameter noises: The model's estimates of the noise so far.
  func next(_ latents: Tensor, _ noises: [Tensor]) throws(TensorError) -> Tensor {
    let place = places[noises.count - 1]
    let (sigma, gain) = (sigma(noises.count), expm1(place * h))
    guard noises.count > 1 else {
      return try Tensor.combination((1, latents), (Float(-sigma * gain), noises[0]))
    }
    let bend = sigma * place / places[0] * (gain / (place * h) - 1)
    return try Tensor.combination(
      (1, latents), (Float(bend - sigma * gain), noises[0]), (Float(-bend), noises[1]))
  }

  /// The latents at the end by the solver of the order there are estimates for: one, two or three.
  func finish(_ latents: Tensor, _ noises: [Tensor]) throws(TensorError) -> Tensor {
    let (sigma, gain) = (exp(-end), expm1(h))
    let bend: Double
    switch noises.count {
    case 1: return try Tensor.combination((1, latents), (Float(-sigma * gain), noises[0]))
    case 2: bend = sigma / (2 * places[0]) * gain
    default: bend = sigma / places[1] * (gain / h - 1)
    }
    return try Tensor.combination(
      (1, latents), (Float(bend - sigma * gain), noises[0]), (Float(-bend), noises[noises.count - 1]))
  }

  /// Where an ancestral step from t to t' turns round, not beyond `limit`, and the noise that brings it up.
  static func ancestral(_ t: Double, _ target: Double, limit: Double, eta: Double) -> (
    end: Double, up: Double
  ) {
    guard eta > 0 else { return (target, 0) }
    let down = AncestralStep(from: exp(-t), to: exp(-target), eta: eta).down
    let end = min(limit, -log(down))
    return (end, max(exp(-2 * target) - exp(-2 * end), 0).squareRoot())
  }
}
