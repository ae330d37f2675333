import Generation

/// The body of `GET /api/capabilities`: all a page needs to build its form.
struct CapabilitiesDocument: Encodable, Sendable {
  /// The values a form starts with: those of the first model.
  struct Defaults: Encodable, Sendable {
    var mode: GenerationMode
    var model: String?
    var sampler: String?
    var schedule: String?
    var steps: Int?
    var guidanceScale: Double?
    var width: Int?
    var height: Int?
    var batchCount: Int
    var seed: Int

    enum CodingKeys: String, CodingKey {
      case mode, model, sampler, schedule, steps, width, height, seed
      case guidanceScale = "guidance_scale"
      case batchCount = "batch_count"
    }
  }

  var version: String
  /// How people come to be users: `single`, `open`, `accounts`.
  var access: String
  var limits: Limits
  var defaults: Defaults
  var parameters: [ParameterDescription]
  var models: [ModelDescription]
  var samplers: [SamplerDescription]
  var schedules: [SamplerDescription]
  var modes: [GenerationMode]
  var upscalers: [String]
  var loras: [ExtraDescription]
  var embeddings: [ExtraDescription]
  var hypernetworks: [ExtraDescription]
  var vaes: [ExtraDescription]
  var styles: [PromptStyle]
  /// What can change along a grid of experiments, by name.
  var gridAxes = GridAxis.all.map(\.label)
  var workers: [WorkerStatus]

  enum CodingKeys: String, CodingKey {
    case version, access, limits, defaults, parameters, models, samplers, schedules, modes, workers
    case upscalers, loras, embeddings, hypernetworks, vaes, styles
    case gridAxes = "grid_axes"
  }

  /// Describes what `offers` hold; without any the lists are empty and the ranges the service's own.
  init(offers: WorkerOffers?, workers: [WorkerStatus], access: AccessMode) {
    let model = offers?.models.first
    version = Version.current
    self.access = access.rawValue
    limits = offers?.limits ?? Limits()
    defaults = Defaults(
      mode: .txt2img, model: model?.name, sampler: model?.defaults.sampler,
      schedule: model?.defaults.schedule, steps: model?.defaults.steps,
      guidanceScale: model?.defaults.guidanceScale, width: model?.defaults.width,
      height: model?.defaults.height, batchCount: 1, seed: -1)
    parameters = ParameterDescription.all(limits: limits, model: model)
    models = offers?.models ?? []
    samplers = offers?.samplers ?? []
    schedules = offers?.schedules ?? []
    modes = offers?.modes ?? []
    upscalers = offers?.upscalers ?? []
    loras = offers?.loras ?? []
    embeddings = offers?.embeddings ?? []
    hypernetworks = offers?.hypernetworks ?? []
    vaes = offers?.vaes ?? []
    styles = offers?.styles ?? []
    self.workers = workers
  }
}
