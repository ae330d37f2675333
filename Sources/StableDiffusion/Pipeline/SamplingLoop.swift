internal import Checkpoints
internal import Tensors

/// What a model said at one evaluation.
struct ModelOutput {
  /// The guided output.
  let guided: Tensor
  /// The output for the negative prompt alone, where there is one.
  var unconditional: Tensor?
}

/// The one denoising loop, without the model: levels, noise, sampler and count.
struct SamplingLoop {
  /// Model evaluations done.
  private(set) var done = 0
  /// The latents now.
  private(set) var latents: Tensor
  /// What the last evaluation led to.
  private(set) var prediction: Prediction?

  private let plan: SamplingPlan
  private let type: SchedulerConfig.PredictionType
  private var sampler: any Sampler
  private var noise: PictureNoise

  /// More evaluations than any picture needs: an adaptive sampler that gets there will not arrive.
  private static let adaptiveLimit = 3000

  /// Draws the first noise.
  init(
    _ plan: SamplingPlan, _ sampler: any Sampler, type: SchedulerConfig.PredictionType, noise: PictureNoise
  ) throws(TensorError) {
    self.plan = plan
    self.type = type
    self.sampler = sampler
    self.noise = noise
    latents = try self.noise.first().scaled(by: Float(plan.initialScale))
  }

  /// Starts from latents whose noise was drawn already.
  init(
    _ plan: SamplingPlan, _ sampler: any Sampler, type: SchedulerConfig.PredictionType, noise: PictureNoise,
    latents: Tensor
  ) {
    self.plan = plan
    self.type = type
    self.sampler = sampler
    self.noise = noise
    self.latents = latents
  }

  /// The level the latents are at; nil at the end.
  var level: NoiseLevel? { next?.from }

  /// Goes on from other latents at the same level.
  mutating func replace(_ latents: Tensor) { self.latents = latents }

  /// Model evaluations in the whole picture; of an adaptive sampler an estimate until it is done.
  var total: Int {
    guard let adaptive = sampler as? any AdaptiveSampler else { return plan.evaluations.count }
    guard adaptive.next != nil else { return done }
    let guess = adaptive.fraction > 0 ? Double(done) / adaptive.fraction : 60
    return max(done + 1, min(Int(guess.rounded(.up)), Self.adaptiveLimit))
  }

  /// How strong the first noise was.
  var initialScale: Double { plan.initialScale }

  /// The evaluation to make now.
  private var next: SamplingPlan.Evaluation? {
    if let adaptive = sampler as? any AdaptiveSampler {
      return done < Self.adaptiveLimit ? adaptive.next : nil
    }
    return done < plan.evaluations.count ? plan.evaluations[done] : nil
  }

  /// What the model is to be asked now: the latents scaled as it wants them, and the evaluation; nil at the end.
  ///
  /// `advance` goes on with its answer.
  mutating func ask() throws(TensorError) -> (input: Tensor, evaluation: SamplingPlan.Evaluation)? {
    guard let evaluation = next else { return nil }
    if evaluation.lift > 0 {
      latents = try Tensor.combination((1, latents), (Float(evaluation.lift), noise.fresh()))
    }
    var input = latents
    if evaluation.inputScale != 1 { input = try input.scaled(by: Float(evaluation.inputScale)) }
    return (input, evaluation)
  }

  /// Makes the step that follows from what the model said to what `ask` gave.
  mutating func advance(_ output: ModelOutput, _ evaluation: SamplingPlan.Evaluation) throws {
    let prediction = Prediction(
      latents: latents, output: output.guided, unconditional: output.unconditional, level: evaluation.from,
      type: type)
    self.prediction = prediction
    latents = try sampler.step(prediction, at: done, noise: &noise)
    done += 1
  }
}
