internal import Checkpoints
internal import Generation

/// One pass over a picture, laid out before anything is run: which evaluations, by which sampler, for which text.
struct PlannedPass {
  /// The request as this pass sees it: size, sampler, steps of the whole schedule.
  let request: GenerationRequest
  /// Where prompts are read from, with the steps of this pass, and the steps of the pass before; 0: there was none.
  let prompts: GenerationRequest
  let first: Int
  let definition: SamplerDefinition
  let builder: PlanBuilder
  let options: SamplerOptions
  let plan: SamplingPlan

  /// Steps that are run.
  var steps: Int { builder.steps - builder.skipped }

  /// - Throws: `UserError` for names and steps the model cannot do.
  init(
    _ request: GenerationRequest, skipping: Int, prompts: GenerationRequest? = nil, after first: Int = 0,
    _ pipeline: Pipeline
  ) throws(UserError) {
    self.request = request
    self.prompts = prompts ?? request
    self.first = first
    let (definition, kind) = try Samplers.choose(request.sampler, request.schedule)
    let config = pipeline.scheduler.corrected(
      for: definition.schedulerClass.rawValue, family: pipeline.family)
    builder = try PlanBuilder(
      config, steps: request.steps, skipping: skipping, isXL: pipeline.family == .sdxl,
      sigmas: SigmaRange(request))
    options = SamplerOptions(request, config)
    plan = try definition.plan(builder, kind, options)
    self.definition = definition
  }

  /// The first pass of a request.
  static func first(_ request: GenerationRequest, _ pipeline: Pipeline) throws(UserError) -> PlannedPass {
    let steps = request.mode.needsPicture ? request.stepsFromPicture : request.steps
    return try PlannedPass(request, skipping: request.steps - steps, pipeline)
  }

  /// The second pass of a request with hires fix; nil without one.
  ///
  /// As A1111 has it, exactly as many steps as asked for are run, so the schedule is the longer the weaker it is; and
  /// prompts that change do so from 1 on where fractions say when, and after the first pass's steps where numbers do.
  static func hires(_ request: GenerationRequest, _ pipeline: Pipeline) throws(UserError) -> PlannedPass? {
    guard let size = request.hiresSize else { return nil }
    var second = request
    (second.width, second.height) = size
    second.sampler = request.hiresSampler ?? request.sampler
    second.schedule = request.hiresSchedule ?? request.schedule
    let steps = request.hiresStepCount
    let strength = min(max(request.effectiveHiresStrength, 0.01), 0.999)
    second.steps = max(min(Int(Double(steps) / strength), 1000), steps)
    var prompts = request
    prompts.prompt = request.hiresPrompt ?? request.prompt
    prompts.negativePrompt = request.hiresNegativePrompt ?? request.negativePrompt
    prompts.steps = steps
    (prompts.width, prompts.height) = size
    return try PlannedPass(
      second, skipping: second.steps - steps, prompts: prompts, after: request.steps, pipeline)
  }
}
