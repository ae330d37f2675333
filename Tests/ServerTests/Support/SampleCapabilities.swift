import Generation

/// What a worker of the tests can do.
enum SampleCapabilities {
  static func model(_ name: String, side: Int = 128) -> ModelDescription {
    ModelDescription(
      name: name, family: "sd1", sha256: nil, bytes: 1, precision: "float16",
      defaults: ModelDefaults(width: side, height: side, steps: 20, guidanceScale: 5))
  }

  static func worker(
    models: [ModelDescription] = [model("atelier-demo")], limits: Limits = Limits()
  ) -> WorkerCapabilities {
    WorkerCapabilities(
      version: "0.1.0", device: "mock", backend: "reference", models: models,
      samplers: [
        SamplerDescription(name: "Euler", aliases: ["EulerDiscreteScheduler", "k_euler"]),
        SamplerDescription(name: "Euler a", aliases: ["EulerAncestralDiscreteScheduler"]),
        SamplerDescription(name: "DPM++ 2M", aliases: ["DPMSolverMultistepScheduler"]),
        SamplerDescription(name: "DDIM", aliases: ["DDIMScheduler"], schedules: ["automatic", "uniform"]),
      ],
      schedules: [
        SamplerDescription(name: "automatic"), SamplerDescription(name: "uniform"),
        SamplerDescription(name: "karras"),
      ], limits: limits)
  }
}
