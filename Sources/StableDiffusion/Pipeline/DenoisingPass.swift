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

  /// What was asked last and not answered yet.
  private var asked: Question?

  /// One evaluation of the loop, and the share of each row of what the UNet is asked for it, in their order.
  private struct Question {
    let evaluation: SamplingPlan.Evaluation
    let shares: [Float]
  }

  init(
    unet: UNet, loop: SamplingLoop, time: UNetTimeEmbeddings, prompt: PromptPlan, steps: Int, tiles: Bool
  ) {
    (self.unet, self.loop, self.time, self.prompt) = (unet, loop, time, prompt)
    (self.steps, self.tiles) = (steps, tiles)
  }

  /// What the UNet is asked for the next model evaluation; nil at the end.
  mutating func ask(_ pipeline: Pipeline) throws -> [UNetCall]? {
    let (index, total) = (loop.done, loop.total)
    guard let (latents, evaluation) = try loop.ask() else { return nil }
    let input = try latents.converted(to: pipeline.backend.activationType)
    // An adaptive sampler's timesteps are not known before.
    let isPlanned = index < time.timesteps.count && time.timesteps[index] == evaluation.timestep
    let time =
      try isPlanned ? time : unet.timeEmbeddings([evaluation.timestep], guidanceScale: time.guidanceScale)
    let step = isPlanned ? index : 0
    var calls: [UNetCall] = []
    // Samplers may evaluate more than once a step; prompts change with steps.
    let runs = try prompt.runs(at: index * steps / total + 1)
    for run in runs {
      let count = run.shares.count
      var call = UNetCall(
        unet: unet, latents: input, condition: condition, step: step, time: time,
        conditioning: run.conditioning, tiles: tiles, records: !pipeline.isSparing)
      if pipeline.isSparing {
        for row in 0..<count {
          call.conditioning = try run.conditioning.picture(row)
          calls.append(call)
        }
      } else {
        call.latents = try input.repeated(count)
        call.condition = try condition.map { try $0.repeated(count) }
        calls.append(call)
      }
    }
    asked = Question(evaluation: evaluation, shares: runs.flatMap(\.shares))
    return calls
  }

  /// Goes on with what the UNet answered to the calls of `ask`, in their order.
  mutating func advance(_ outputs: [Tensor]) throws {
    guard let question = asked else { preconditionFailure("nothing was asked") }
    asked = nil
    let rows = try outputs.flatMap { output in
      try (0..<output.shape[0]).map { try output.batch($0..<$0 + 1) }
    }
    let terms = Array(zip(question.shares, rows))
    let unconditional = prompt.keepsUnconditional ? terms[0].1 : nil
    let guided = try terms.count == 1 && terms[0].0 == 1 ? terms[0].1 : Self.sum(terms)
    try loop.advance(ModelOutput(guided: guided, unconditional: unconditional), question.evaluation)
    if let blend { loop.replace(try blend.applied(to: loop.latents, at: loop.level)) }
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
