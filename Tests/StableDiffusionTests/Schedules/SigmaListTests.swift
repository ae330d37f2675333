import Checkpoints
import Testing

@testable import StableDiffusion

/// A1111's schedule types against their formulas in numpy and scipy: Tests/goldens/sigma_lists.py.
@Suite struct SigmaListTests {
  static let steps = PlanBuilderTests.steps + [11]

  static func found(_ kind: ScheduleKind, isXL: Bool = false) throws -> [Float] {
    let list = SigmaList(noise: NoiseSchedule(try StepsTests.config()), isXL: isXL)
    return steps.flatMap { list.values(kind, count: $0).map(Float.init) }
  }

  @Test(arguments: ScheduleKind.allCases.filter(\.isSigmaList)) func `levels are the formula's`(
    kind: ScheduleKind
  ) throws {
    let expected = try StepsTests.file().tensor("sigmas|\(kind.rawValue)").floats()
    let found = try Self.found(kind)
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 2e-5 * max($1, 1) })
  }

  @Test func `SDXL has its own table to align steps`() throws {
    let expected = try StepsTests.file().tensor("sigmas|align_your_steps|xl").floats()
    let found = try Self.found(.alignYourSteps, isXL: true)
    #expect(found.count == expected.count)
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) <= 2e-5 * max($1, 1) })
    #expect(try Self.found(.alignYourSteps) != found)
  }

  @Test func `samplers that look between levels lose the last but one`() throws {
    let builder = try PlanBuilder(try StepsTests.config(), steps: 5)
    let whole = try PlanBuilder(try StepsTests.config(), steps: 6).plan(.kdpm2, .exponential).sigmas
    let short = try builder.plan(.kdpm2, .exponential, skipsNextToLast: true).sigmas
    #expect(short == Array(whole.prefix(5)) + [0])
    #expect(short.count == 6)
    // What diffusers spaces stays as diffusers has it.
    let own = try builder.plan(.kdpm2, .trailing)
    #expect(try builder.plan(.kdpm2, .trailing, skipsNextToLast: true) == own)
  }

  @Test func `quantiles of the beta distribution undo its shares`() {
    // With α = 2, β = 1 the share below x is x².
    #expect(abs(BetaDistribution(alpha: 2, beta: 1).quantile(0.25) - 0.5) < 1e-12)
    let arcsine = BetaDistribution(alpha: 0.5, beta: 0.5)
    #expect(abs(arcsine.quantile(0.5) - 0.5) < 1e-12)
    #expect(abs(arcsine.share(below: 0.25) - 1 / 3) < 1e-12)
    #expect(arcsine.quantile(0) == 0 && arcsine.quantile(1) == 1)
  }
}
