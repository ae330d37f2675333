import ArgumentParser
import FoundationEssentials
import Generation
import StableDiffusion

/// Flags of hires fix: a second pass that makes the picture larger.
struct HiresOptions: ParsableArguments {
  @Option(name: .customLong("hires-scale"), help: "A second pass makes the picture this much larger, 1 to 4.")
  var scale: Double?

  @Option(
    name: .customLong("hires-upscaler"),
    help: "What enlarges it between the passes: 'Latent', 'Latent (bicubic)', Lanczos and others, or a file.")
  var upscaler: String?

  @Option(name: .customLong("hires-steps"), help: "Steps of the second pass; 0: as many as of the first.")
  var steps: Int?

  @Option(name: .customLong("hires-strength"), help: "How much the second pass makes anew, 0 to 1 (0.7).")
  var strength: Double?

  @Option(name: .customLong("hires-sampler"), help: "The second pass's sampler, if it is another one.")
  var sampler: String?

  @Option(name: .customLong("hires-schedule"), help: "The second pass's schedule, if it is another one.")
  var schedule: String?

  @Option(name: .customLong("hires-prompt"), parsing: .unconditional, help: "The second pass's prompt.")
  var prompt: String?

  @Option(
    name: .customLong("hires-negative-prompt"), parsing: .unconditional,
    help: "The second pass's negative prompt.")
  var negativePrompt: String?

  /// Whether the upscaler is a file.
  private var isFile: Bool { upscaler.map { FileManager.default.fileExists(atPath: $0) } ?? false }

  /// Lets a pipeline find the upscaler, if it is a file.
  func prepare(_ pipeline: Pipeline) throws {
    guard let upscaler, isFile else { return }
    let url = URL(filePath: upscaler)
    let loaded = try Upscaler(path: upscaler, label: url.lastPathComponent, backend: pipeline.backend)
    let name = url.deletingPathExtension().lastPathComponent
    pipeline.findUpscaler = { $0 == name ? loaded : nil }
  }

  /// Puts the flags into a request.
  /// - Throws: `UserError` for a sampler, schedule or upscaler that is not there.
  func apply(to request: inout GenerationRequest) throws(UserError) {
    request.hiresScale = scale
    (request.hiresSteps, request.hiresStrength) = (steps, strength)
    (request.hiresPrompt, request.hiresNegativePrompt) = (prompt, negativePrompt)
    if sampler != nil || schedule != nil {
      let choice = try SamplerChoice(
        sampler: sampler ?? request.sampler, schedule: schedule, samplers: Samplers.descriptions,
        schedules: Schedules.descriptions)
      request.hiresSampler = sampler == nil ? nil : choice.sampler
      request.hiresSchedule = choice.schedule
    }
    guard let upscaler else { return }
    let wanted = NameLookup.folded(upscaler)
    request.hiresUpscaler =
      Upscalers.builtIn.first { NameLookup.folded($0) == wanted }
      ?? (isFile ? URL(filePath: upscaler).deletingPathExtension().lastPathComponent : nil)
    guard request.hiresUpscaler != nil else {
      throw UserError(
        code: "unknown_upscaler",
        message: "unknown upscaler '\(upscaler)'; expected one of: "
          + Upscalers.builtIn.joined(separator: ", "), field: "hires_upscaler")
    }
  }
}
