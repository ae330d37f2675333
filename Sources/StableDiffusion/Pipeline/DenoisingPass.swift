internal import Generation
internal import Tensors

/// One pass of the loop over a picture with everything it needs.
struct DenoisingPass {
  let unet: UNet
  var loop: SamplingLoop
  let time: UNetTimeEmbeddings
  let prompt: PromptPlan
  /// Steps that are run.
  let steps: Int
  /// The further channels of an inpainting model.
  var condition: Tensor?
  /// What is put back after each step.
  var blend: LatentBlend?
  /// Whether opposite edges meet.
  let tiles: Bool

  /// Makes one model evaluation and the step that follows; false when there was none to make.
  mutating func step(_ pipeline: Pipeline) throws -> Bool {
    let (index, total) = (loop.done, loop.total)
    let went = try loop.step { [self] input, evaluation in
      try pipeline.backend.wrapping(tiles) {
        try predict(input, evaluation, index, total, pipeline)
      }
    }
    if went, let blend { loop.replace(try blend.applied(to: loop.latents, at: loop.level)) }
    return went
  }

  /// The guided prediction: what each part of the prompt predicts, by its share.
  private func predict(
    _ latents: Tensor, _ evaluation: SamplingPlan.Evaluation, _ index: Int, _ total: Int, _ pipeline: Pipeline
  ) throws -> ModelOutput {
    let input = try latents.converted(to: pipeline.backend.activationType)
    // An adaptive sampler's timesteps are not known before.
    let isPlanned = index < time.timesteps.count && time.timesteps[index] == evaluation.timestep
    let time =
      try isPlanned ? time : unet.timeEmbeddings([evaluation.timestep], guidanceScale: time.guidanceScale)
    var terms: [(Float, Tensor)] = []
    // Samplers may evaluate more than once a step; prompts change with steps.
    for run in try prompt.runs(at: index * steps / total + 1) {
      let step = isPlanned ? index : 0
      if pipeline.isSparing {
        for (index, share) in run.shares.enumerated() {
          let output = try unet(
            input, concatenating: condition, step: step, time: time,
            conditioning: run.conditioning.picture(index), recording: false)
          terms.append((share, output))
        }
        continue
      }
      let count = run.shares.count
      let output = try unet(
        try input.repeated(count), concatenating: condition.map { try $0.repeated(count) },
        step: step, time: time, conditioning: run.conditioning)
      for (index, share) in run.shares.enumerated() {
        terms.append((share, try output.batch(index..<index + 1)))
      }
    }
    let unconditional = prompt.keepsUnconditional ? terms[0].1 : nil
    if terms.count == 1, terms[0].0 == 1 {
      return ModelOutput(guided: terms[0].1, unconditional: unconditional)
    }
    return ModelOutput(guided: try Self.sum(terms), unconditional: unconditional)
  }

  /// Any number of terms; the kernel adds four at a time.
  private static func sum(_ terms: [(Float, Tensor)]) throws(TensorError) -> Tensor {
    var sum = try Tensor.combination(Array(terms.prefix(4)))
    var rest = terms.dropFirst(4)
    while !rest.isEmpty {
      sum = try Tensor.combination([(Float(1), sum)] + Array(rest.prefix(3)))
      rest = rest.dropFirst(3)
    }
    return sum
  }
}
