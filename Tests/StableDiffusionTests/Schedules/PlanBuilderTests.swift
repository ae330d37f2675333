import Checkpoints
import Foundation
import Generation
import Testing

@testable import StableDiffusion

@Suite struct PlanBuilderTests {
  static let steps = [1, 2, 3, 7, 16, 20, 50, 77, 150]
  static let classes: [(String, SchedulerClass)] = [
    ("euler", .euler), ("eulerAncestral", .eulerAncestral), ("ddim", .ddim), ("pndm", .pndm),
    ("dpmSolver", .dpmSolver),
  ]

  static func config(offset: Int = 1) throws -> SchedulerConfig {
    let text = """
      {"num_train_timesteps": 1000, "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
       "set_alpha_to_one": false, "skip_prk_steps": true, "steps_offset": \(offset), "clip_sample": false}
      """
    return try JSONDecoder().decode(SchedulerConfig.self, from: Data(text.utf8))
  }

  static func file() throws -> SafetensorsFile {
    try SafetensorsFile(path: try Goldens.path("schedules.safetensors"), label: "schedules.safetensors")
  }

  @Test(arguments: classes.map(\.0), ["automatic", "leading", "linspace", "trailing", "karras"])
  func `timesteps and noise levels are diffusers'`(name: String, schedule: String) throws {
    let sampler = try #require(Self.classes.first { $0.0 == name }?.1)
    let kind = try #require(ScheduleKind(rawValue: schedule))
    guard schedule != "karras" || ["euler", "dpmSolver"].contains(name) else { return }
    let file = try Self.file()
    let config = try Self.config()
    var timesteps: [Float] = []
    var sigmas: [Float] = []
    for steps in Self.steps {
      let plan = try PlanBuilder(config, steps: steps).plan(sampler, kind)
      timesteps += plan.evaluations.map(\.timestep)
      sigmas += plan.evaluations.map { Float($0.from.sigma) }
      sigmas.append(Float(plan.evaluations.last?.to.sigma ?? .nan))
    }
    let expected = try file.tensor("\(name).\(schedule).timesteps").floats()
    #expect(timesteps.count == expected.count)
    // Times of Karras levels come from logarithms; all others are whole or one division.
    let tolerance: Float = schedule == "karras" ? 2e-2 : 1e-4
    #expect(zip(timesteps, expected).allSatisfy { abs($0 - $1) <= tolerance })
    guard name == "euler" || name == "eulerAncestral" || name == "dpmSolver" else { return }
    let levels = try file.tensor("\(name).\(schedule).sigmas").floats()
    #expect(sigmas.count == levels.count)
    #expect(zip(sigmas, levels).allSatisfy { abs($0 - $1) <= 1e-5 * max($1, 1) })
  }

  @Test func `uniform is k-diffusion's spacing`() throws {
    let config = try Self.config()
    var sigmas: [Float] = []
    for steps in Self.steps {
      let plan = try PlanBuilder(config, steps: steps).plan(.euler, .uniform)
      sigmas += plan.evaluations.map { Float($0.from.sigma) }
      #expect(plan.evaluations.last?.to.sigma == 0)
      #expect(plan.initialScale == plan.evaluations[0].from.sigma)
    }
    let expected = try Self.file().tensor("uniform.sigmas").floats()
    #expect(zip(sigmas, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max($1, 1) })
    #expect(sigmas.count == expected.count)
  }

  @Test func `uniform of DDIM is CompVis' spacing`() throws {
    // range(0, 1000, 1000 // 4) + 1, reversed; the last step ends at the first cumulative product.
    let plan = try PlanBuilder(try Self.config(offset: 0), steps: 4).plan(.ddim, .uniform)
    #expect(plan.evaluations.map(\.timestep) == [751, 501, 251, 1])
    let first = try Double(NoiseSchedule(Self.config()).alphaBars[0])
    #expect(abs((plan.evaluations.last?.to.signal ?? 0) - first.squareRoot()) < 1e-9)
  }

  @Test func `a file that does not say where the last step ends leaves it to the class`() throws {
    let config = try JSONDecoder().decode(SchedulerConfig.self, from: Data("{}".utf8))
    let builder = try PlanBuilder(config, steps: 4)
    #expect(try builder.plan(.ddim, .automatic).evaluations.last?.to.noise == 0)
    #expect(try builder.plan(.pndm, .automatic).evaluations.last?.to.noise != 0)
  }

  @Test(arguments: ["linear", "scaled_linear", "squaredcos_cap_v2"], [false, true])
  func `cumulative products are diffusers'`(schedule: String, rescales: Bool) throws {
    let text = """
      {"beta_schedule": "\(schedule)", "beta_start": 0.00085, "beta_end": 0.012,
       "rescale_betas_zero_snr": \(rescales)}
      """
    let config = try JSONDecoder().decode(SchedulerConfig.self, from: Data(text.utf8))
    let bars = NoiseSchedule(config, keepsTerminalSignal: false).alphaBars
    let name = "bars.\(schedule).\(rescales ? 1 : 0)"
    let expected = try Self.file().tensor(name).floats()
    let found = stride(from: 0, to: 1000, by: 37).map { bars[$0] }
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 2e-6 } && found.count == expected.count)
    let last = try Self.file().tensor("\(name).last").floats()[0]
    #expect(abs(bars[999] - last) < 1e-7)
    if rescales { #expect(NoiseSchedule(config).alphaBars[999] == 0x1p-24) }
  }

  @Test func `every sampler, schedule and step count has a plan`() throws {
    let config = try Self.config()
    for (name, sampler) in Self.classes {
      for kind in ScheduleKind.allCases
      where ScheduleKind.timestepKinds.contains(kind) || !["ddim", "pndm"].contains(name) {
        // Lists of σ have nothing that hangs on a count.
        for steps in kind.isSigmaList ? [1, 2, 3, 4, 20, 61, 150] : Array(1...150) {
          let plan = try PlanBuilder(config, steps: steps).plan(sampler, kind)
          let expected = name == "pndm" && steps > 1 ? steps + 1 : steps
          let count = plan.evaluations.count
          // A1111's `ddim` takes every n-th level, n rounded down.
          #expect(count == expected || (kind == .ddim && count > steps), "\(name) \(kind) \(steps)")
          #expect(plan.evaluations.allSatisfy { $0.timestep >= 0 && $0.timestep < 1000 })
        }
      }
    }
  }

  @Test func `what cannot be planned is refused`() throws {
    let config = try Self.config()
    #expect(
      throws: UserError(
        code: "unsupported_schedule",
        message: "DDIM and PLMS step by timesteps and have no schedule 'karras'; expected one of: "
          + "automatic, uniform, leading, linspace, trailing", field: "schedule")
    ) { try PlanBuilder(config, steps: 20).plan(.pndm, .karras) }
    #expect(
      throws: UserError(
        code: "out_of_range",
        message: "steps must be between 1 and the model's 1000 timesteps; got 1001", field: "steps")
    ) { try PlanBuilder(config, steps: 1001) }
    let strange = try Self.config(offset: 990)
    #expect(throws: UserError.self) { try PlanBuilder(strange, steps: 20).plan(.ddim, .automatic) }
  }
}
