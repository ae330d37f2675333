import Generation
import StableDiffusion

/// Gives the names in requests the one spelling that pictures carry, and finds what they mean.
struct RequestNames {
  /// Files that go with models.
  let files: ExtraFiles
  /// Upscalers that are models.
  let upscalers: UpscalerFiles

  /// Looks up every name of a request but the model's.
  /// - Throws: `UserError` that names the field of what is not there.
  func resolve(_ request: inout GenerationRequest) throws(UserError) {
    let choice = try Self.choice(request.sampler, request.schedule)
    (request.sampler, request.schedule) = (choice.sampler, choice.schedule)
    if request.hiresSampler != nil || request.hiresSchedule != nil {
      let choice = try Self.choice(request.hiresSampler ?? request.sampler, request.hiresSchedule)
      request.hiresSampler = request.hiresSampler.map { _ in choice.sampler }
      request.hiresSchedule = choice.schedule
    }
    if let name = request.hiresUpscaler {
      request.hiresUpscaler = try upscalers.name(name, methods: Upscalers.builtIn, field: .hiresUpscaler)
    }
    if let name = request.upscaler {
      // Latents are enlarged between two passes only.
      request.upscaler = try upscalers.name(
        name, methods: PixelUpscaler.allCases.map(\.rawValue), field: .upscaler)
    }
    if let name = request.vae {
      // A1111's words for the model's own.
      let isOwn = ["", "automatic", "none"].contains(name.lowercased())
      request.vae = isOwn ? nil : try files.find(.vae, name, field: "vae").description.name
    }
  }

  /// A sampler and a schedule as pictures name them.
  static func choice(_ sampler: String, _ schedule: String?) throws(UserError) -> SamplerChoice {
    try SamplerChoice(
      sampler: sampler, schedule: schedule, samplers: Samplers.descriptions,
      schedules: Schedules.descriptions)
  }
}
