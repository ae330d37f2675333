import Generation
import StableDiffusion
import Tensors

/// Where one picture's seconds went.
struct ImageTiming {
  /// Prompts, time embeddings and the first noise: near 0 after the first picture of a request.
  let begin: Double
  /// Seconds of each model evaluation with its step.
  let steps: [Double]
  let decode: Double

  var total: Double { begin + steps.reduce(0, +) + decode }

  init(_ pipeline: Pipeline, _ request: GenerationRequest, index: Int) throws {
    let clock = ContinuousClock()
    var last = clock.now
    func lap() -> Double {
      let now = clock.now
      defer { last = now }
      return (now - last) / .seconds(1)
    }
    var denoising = try pipeline.begin(request, image: index)
    try pipeline.backend.synchronize()
    begin = lap()
    var steps: [Double] = []
    while try denoising.step() {
      try pipeline.backend.synchronize()
      steps.append(lap())
    }
    self.steps = steps
    _ = try denoising.finish()
    decode = lap()
  }
}
