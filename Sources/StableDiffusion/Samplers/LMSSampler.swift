internal import Tensors

/// Linear multistep (k-diffusion `sample_lms`, diffusers `LMSDiscreteScheduler`): the directions of the last four
/// steps are followed by a polynomial in σ, which is integrated over the step.
struct LMSSampler: Sampler {
  let plan: SamplingPlan
  /// The last directions, newest first, at most four.
  private var directions: [Tensor] = []

  init(plan: SamplingPlan) { self.plan = plan }

  mutating func step(
    _ prediction: Prediction, at index: Int, noise: inout PictureNoise
  ) throws(TensorError) -> Tensor {
    directions = [try prediction.noise()] + directions.prefix(3)
    let places = (0..<directions.count).map { plan.evaluations[index - $0].from.sigma }
    let weights = Self.weights(places, from: places[0], to: plan.evaluations[index].to.sigma)
    let move = try Tensor.combination(zip(weights, directions).map { (Float($0), $1) })
    return try Tensor.combination((1, prediction.latents), (1, move))
  }

  /// The integrals of Lagrange's polynomials over `places`; two points of Gauss' are exact up to third degree.
  static func weights(_ places: [Double], from: Double, to: Double) -> [Double] {
    let (middle, half) = ((from + to) / 2, (to - from) / 2)
    return places.indices.map { j in
      [-1 / 3.0.squareRoot(), 1 / 3.0.squareRoot()].reduce(0.0) { sum, node in
        let sigma = middle + half * node
        return places.indices.reduce(half) { product, k in
          k == j ? product : product * (sigma - places[k]) / (places[j] - places[k])
        } + sum
      }
    }
  }
}

extension SamplerDefinition {
  static let lms = SamplerDefinition("LMS", aliases: ["k_lms", "LMSDiscreteScheduler"], .lms) { plan, _, _ in
    LMSSampler(plan: plan)
  }
}
