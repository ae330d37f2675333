import ArgumentParser
import Generation

/// Flags of hires fix: a second pass that makes the picture larger.
struct HiresOptions: ParsableArguments {
  @Option(
    name: .spelled("hires-scale"),
    help: "A second pass makes the picture this much larger, 1 to 4.")
  var scale: Double?

  @Option(
    name: .spelled("hires-upscaler"),
    help: "What enlarges it between the passes: 'Latent', 'Latent (bicubic)', Lanczos and others, or a file.")
  var upscaler: String?

  @Option(
    name: .spelled("hires-steps"),
    help: "Steps of the second pass; 0: as many as of the first.")
  var steps: Int?

  @Option(
    name: .spelled("hires-strength"),
    help: "How much the second pass makes anew, 0 to 1 (0.7).")
  var strength: Double?

  @Option(
    name: .spelled("hires-sampler"),
    help: "The second pass's sampler, if it is another one.")
  var sampler: String?

  @Option(
    name: .spelled("hires-schedule"),
    help: "The second pass's schedule, if it is another one.")
  var schedule: String?

  @Option(
    name: .spelled("hires-prompt"), parsing: .unconditional,
    help: "The second pass's prompt.")
  var prompt: String?

  @Option(
    name: .spelled("hires-negative-prompt"),
    parsing: .unconditional,
    help: "The second pass's negative prompt.")
  var negativePrompt: String?

  /// Puts the flags into a request; names are as they were typed.
  func apply(to request: inout GenerationRequest) {
    request.hiresScale = scale
    (request.hiresSteps, request.hiresStrength) = (steps, strength)
    (request.hiresPrompt, request.hiresNegativePrompt) = (prompt, negativePrompt)
    (request.hiresSampler, request.hiresSchedule) = (sampler, schedule)
    request.hiresUpscaler = upscaler
  }
}
