import Checkpoints
import Generation
import Tensors
import Testing

@testable import StableDiffusion

/// Seed resize and the range of schedules against the formulas in numpy: Tests/goldens/extras_golden.py.
@Suite struct LevelsTests {
  private static func file() throws -> SafetensorsFile {
    try SafetensorsFile(path: try Goldens.path("extras/levels.safetensors"), label: "levels")
  }

  @Test func `noise of another size stands in the middle`() throws {
    let backend = try Backend.named("reference", threads: 1)
    let file = try Self.file()
    var count = 0
    for entry in file.entries where entry.name.hasPrefix("resize|") {
      let size = entry.name.dropFirst("resize|".count).split(separator: "x").compactMap { Int($0) }
      let settings = NoiseSettings(seed: 321, drawnAt: (size[0], size[1]))
      var noise = PictureNoise(settings, shape: [1, 5, 6, 4], backend: backend)
      let found = try noise.first().channelsFirstFloats()
      let expected = try file.tensor(entry.name).floats()
      #expect(found.count == expected.count)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 1e-5 }, "\(entry.name)")
      count += 1
    }
    #expect(count == 6)
  }

  @Test func `ends and curvature of lists of levels are the formula's`() throws {
    let file = try Self.file()
    var count = 0
    for entry in file.entries where entry.name.hasPrefix("sigmas|") {
      let parts = entry.name.split(separator: "|").map(String.init)
      func given(_ index: Int) -> Double? { Double(parts[index]).flatMap { $0 == 0 ? nil : $0 } }
      let kind = try #require(ScheduleKind(rawValue: parts[1]))
      var list = SigmaList(noise: NoiseSchedule(try StepsTests.config()), isXL: false)
      list.range = SigmaRange(low: given(2), high: given(3), rho: given(4))
      let found = list.values(kind, count: 9).map(Float.init)
      let expected = try file.tensor(entry.name).floats()
      #expect(found.count == expected.count)
      #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 2e-5 * max($1, 1) }, "\(entry.name)")
      count += 1
    }
    #expect(count == 8)
  }

  @Test func `a schedule that follows no range says so`() throws {
    let config = try StepsTests.config()
    for (range, field) in [
      (SigmaRange(low: 0.1), "schedule_sigma_min"), (SigmaRange(high: 9), "schedule_sigma_max"),
      (SigmaRange(rho: 5), "schedule_rho"),
    ] {
      let builder = try PlanBuilder(config, steps: 5, sigmas: range)
      let error = try #require(throws: UserError.self) { try builder.plan(.euler, .automatic) }
      #expect(error.code == "unsupported_schedule" && error.field == field)
    }
    let crossed = try PlanBuilder(config, steps: 5, sigmas: SigmaRange(low: 9, high: 3))
    #expect(throws: UserError.self) { try crossed.plan(.euler, .karras) }
  }
}
