import Generation
import Testing

@Suite struct SamplerChoiceTests {
  static let samplers = [
    SamplerDescription(name: "Euler", aliases: ["k_euler", "EulerDiscreteScheduler"]),
    SamplerDescription(name: "Euler a", aliases: ["k_euler_a", "k_euler_ancestral"]),
    SamplerDescription(name: "DDIM", aliases: ["DDIMScheduler"], schedules: ["automatic", "uniform"]),
    SamplerDescription(name: "DPM++ 2M", aliases: ["k_dpmpp_2m", "dpmpp_2m"]),
  ]
  static let schedules = [
    SamplerDescription(name: "automatic"), SamplerDescription(name: "uniform"),
    SamplerDescription(name: "karras", aliases: ["ka"]),
  ]

  static func choose(_ sampler: String, _ schedule: String?) throws(UserError) -> [String] {
    let choice = try SamplerChoice(
      sampler: sampler, schedule: schedule, samplers: samplers, schedules: schedules)
    return [choice.sampler, choice.schedule]
  }

  @Test(arguments: [
    ("Euler", nil, ["Euler", "automatic"]),
    ("euler A", "", ["Euler a", "automatic"]),
    ("EULERDISCRETESCHEDULER", "Karras", ["Euler", "karras"]),
    ("DPM++ 2M Karras", nil, ["DPM++ 2M", "karras"]),
    ("dpm++ 2m karras", "Automatic", ["DPM++ 2M", "karras"]),
    ("k_dpmpp_2m_ka", "karras", ["DPM++ 2M", "karras"]),
    ("Euler a Uniform", nil, ["Euler a", "uniform"]),
    (" ddim ", "UNIFORM", ["DDIM", "uniform"]),
  ])
  func `names are found by case, alias and old form`(sampler: String, schedule: String?, expected: [String])
    throws
  {
    #expect(try Self.choose(sampler, schedule) == expected)
  }

  @Test(arguments: [
    ("eular", nil, "unknown_sampler", "unknown sampler 'eular'; did you mean 'Euler'?"),
    (
      "Heun", nil, "unknown_sampler",
      "unknown sampler 'Heun'; expected one of: Euler, Euler a, DDIM, DPM++ 2M"
    ),
    ("Euler", "karas", "unknown_schedule", "unknown schedule 'karas'; did you mean 'karras'?"),
    (
      "DDIM", "karras", "unsupported_schedule",
      "DDIM has no schedule 'karras'; expected one of: automatic, uniform"
    ),
    (
      "Euler Karras", "uniform", "unsupported_schedule",
      "the sampler's name asks for schedule 'karras', the schedule is 'uniform'"
    ),
    (
      "\u{1}\n", nil, "unknown_sampler",
      "unknown sampler '\u{FFFD}\u{FFFD}'; expected one of: Euler, Euler a, DDIM, DPM++ 2M"
    ),
  ])
  func `what cannot be used is refused with what can`(
    sampler: String, schedule: String?, code: String, message: String
  ) {
    let field = code == "unknown_sampler" ? "sampler" : "schedule"
    #expect(throws: UserError(code: code, message: message, field: field)) {
      try Self.choose(sampler, schedule)
    }
  }

  @Test func `a model is found by its name and a near miss is suggested`() throws {
    let model = ModelDescription(
      name: "Atelier-Demo", family: "sd1", sha256: nil, bytes: 1, precision: "float16",
      defaults: ModelDefaults(width: 64, height: 64))
    #expect(try NameLookup.model("atelier-demo", in: [model]).name == "Atelier-Demo")
    #expect(
      throws: UserError(
        code: "unknown_model", message: "unknown model 'atelier-dem'; did you mean 'Atelier-Demo'?",
        field: "model")
    ) {
      try NameLookup.model("atelier-dem", in: [model])
    }
  }
}
