/// A step that goes further down than asked and comes up again by fresh noise (k-diffusion
/// `get_ancestral_step`).
///
/// σ_up = min(σ', η·√(σ'²(σ² − σ'²)/σ²)), σ_down = √(σ'² − σ_up²).
struct AncestralStep {
  let up: Double
  let down: Double

  init(from: Double, to: Double, eta: Double) {
    let variance = max(to * to * (from * from - to * to) / (from * from), 0)
    up = min(to, eta * variance.squareRoot())
    down = max(to * to - up * up, 0).squareRoot()
  }
}
