import Checkpoints
import Foundation
import Generation
import Tensors
import Testing

@testable import StableDiffusion

/// Every sampler's latents against diffusers' class or the published formula: Tests/goldens/steps_golden.py.
@Suite struct StepsTests {
  static let shape: Shape = [1, 5, 6, 4]
  /// Names of goldens that are another configuration of a sampler.
  static let configurations = [
    "UniPC bh1 3": (
      "UniPC",
      #", "_class_name": "UniPCMultistepScheduler", "solver_type": "bh1", "solver_order": 3, "final_sigmas_type": "sigma_min""#
    ),
    "Euler churn": ("Euler", ""), "Heun churn": ("Heun", ""), "DPM2 churn": ("DPM2", ""),
  ]

  static func file() throws -> SafetensorsFile {
    try SafetensorsFile(path: try Goldens.path("steps.safetensors"), label: "steps.safetensors")
  }

  static func config(_ extra: String = "") throws -> SchedulerConfig {
    let text = """
      {"num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
       "set_alpha_to_one": false, "steps_offset": 1, "clip_sample": false\(extra)}
      """
    return try JSONDecoder().decode(SchedulerConfig.self, from: Data(text.utf8))
  }

  /// A prediction of noise that depends on its input and the timestep in no simple way, as in the goldens.
  static func toy(_ x: Double, _ t: Double) -> (guided: Double, unconditional: Double) {
    (
      0.7 * tanh(1.3 * x * (0.6 + t / 1600)) + 0.15 * cos(2 * x + t / 300), 0.5 * tanh(x) + 0.1 * cos(t / 200)
    )
  }

  /// The latents at the end, in torch's order, and the number of evaluations.
  static func run(
    _ name: String, _ schedule: String, steps: Int, eta: Double, extra: String = "", churn: Double = 0
  ) throws -> (latents: [Float], evaluations: Int) {
    let backend = try Backend.named("reference", threads: 1)
    let (definition, kind) = try Samplers.choose(name, schedule)
    let config = try config(extra)
    let builder = try PlanBuilder(config, steps: steps)
    let options = SamplerOptions(eta: eta, churn: Churn(amount: churn), config: config)
    let plan = try definition.plan(builder, kind, options)
    var loop = try SamplingLoop(
      plan, definition.make(plan, builder, options), type: .epsilon,
      noise: PictureNoise(NoiseSettings(seed: 77), shape: shape, backend: backend))
    while let (input, evaluation) = try loop.ask() {
      let outputs = try input.floats().map { toy(Double($0), Double(evaluation.timestep)) }
      let output = ModelOutput(
        guided: try backend.parameters(outputs.map { Float($0.guided) }, shape: shape),
        unconditional: try backend.parameters(outputs.map { Float($0.unconditional) }, shape: shape))
      try loop.advance(output, evaluation)
      #expect(loop.done <= loop.total)
    }
    #expect(loop.total == loop.done)
    return (try loop.latents.channelsFirstFloats(), loop.done)
  }

  static let labels: [String] =
    (try? file().entries.map(\.name).filter { !$0.hasPrefix("sigmas|") && !$0.hasPrefix("brownian|") }) ?? []

  @Test func `every sampler has goldens`() {
    let named = Set(Self.labels.map { String($0.split(separator: "|")[0]) })
    let elsewhere = ["DPM++ 2M", "Euler", "Euler a", "DDIM", "PLMS"]  // PipelineTests
    for sampler in Samplers.descriptions {
      #expect(named.contains(sampler.name) || elsewhere.contains(sampler.name), "\(sampler.name)")
    }
    #expect(Self.labels.count > 80)
  }

  @Test(arguments: labels) func `latents are the source's`(label: String) throws {
    let parts = label.split(separator: "|").map(String.init)
    let (name, extra) = Self.configurations[parts[0]] ?? (parts[0], "")
    let steps = try #require(Int(parts[2]))
    let (found, _) = try Self.run(
      name, parts[1], steps: steps, eta: try #require(Double(parts[3])), extra: extra,
      churn: parts[0].hasSuffix("churn") ? 5 : 0)
    let expected = try Self.file().tensor(label).floats()
    let error = TorchError.worst(found, expected)
    let scale = expected.reduce(1) { max($0, abs($1)) }
    #expect(error < 1e-3 * scale, "\(label) differs by \(error) of \(scale)")
  }

  @Test func `progress counts evaluations, not steps`() throws {
    func count(_ name: String, _ steps: Int, _ schedule: String = "normal") throws -> Int {
      try Self.run(name, schedule, steps: steps, eta: 1).evaluations
    }
    for name in ["Heun", "DPM2", "DPM2 a", "DPM++ SDE", "DPM++ 2S a"] {
      #expect(try count(name, 7) == 13, "\(name)")
    }
    #expect(try count("DPM fast", 8, "automatic") == 8)
    #expect(try count("DPM adaptive", 8, "automatic").isMultiple(of: 3))
    // 11 + 2 · 9 steps of Heun's, the last of Euler's.
    #expect(try count("Restart", 29) == 2 * (20 + 9) - 1)
    #expect(try count("LMS", 7) == 7)
  }

  @Test func `a model that gives no numbers ends the adaptive sampler`() throws {
    let backend = try Backend.named("reference", threads: 1)
    let builder = try PlanBuilder(try Self.config(), steps: 20)
    let options = SamplerOptions(config: builder.config)
    let definition = SamplerDefinition.dpmAdaptive
    let plan = try definition.plan(builder, .automatic, options)
    var loop = try SamplingLoop(
      plan, definition.make(plan, builder, options), type: .epsilon,
      noise: PictureNoise(NoiseSettings(seed: 1), shape: Self.shape, backend: backend))
    while let (input, evaluation) = try loop.ask() {
      try loop.advance(ModelOutput(guided: try input.scaled(by: .nan)), evaluation)
    }
    #expect(loop.done == 3)
    #expect(try loop.latents.nonFiniteCount() > 0)
  }
}

/// The largest difference between two lists of numbers; infinite if their counts differ or one is not a number.
enum TorchError {
  static func worst(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { worst, pair in
      let error = abs(pair.0 - pair.1)
      return error.isNaN ? .infinity : max(worst, error)
    }
  }
}
