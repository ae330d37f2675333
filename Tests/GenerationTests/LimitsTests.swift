import Foundation
import Generation
import Testing

@Suite struct LimitsTests {
  @Test func `a worker of the first release, which knows fewer limits, is understood`() throws {
    var limits = Limits()
    limits.maxSteps = 99
    limits.maxSigma = 7
    let whole = try #require(
      try JSONSerialization.jsonObject(with: JSONEncoder().encode(limits)) as? [String: Any])
    #expect(try decode(whole) == limits)
    let added: Set = [
      "max_seed_delta", "max_sigma_churn", "max_sigma", "max_sigma_noise", "max_mask_blur",
      "max_mask_padding", "max_outpaint", "max_hires_scale", "max_upscale", "max_output_side",
      "max_output_pixels", "max_schedule_rho", "max_styles", "grid_cells",
    ]
    let first = whole.filter { !added.contains($0.key) }
    #expect(first.count == 14)
    var expected = limits
    expected.maxSigma = Limits().maxSigma
    #expect(try decode(first) == expected)
    for name in first.keys {
      #expect(throws: DecodingError.self, "\(name)") { try decode(first.filter { $0.key != name }) }
    }
  }

  private func decode(_ object: [String: Any]) throws -> Limits {
    try JSONDecoder().decode(Limits.self, from: JSONSerialization.data(withJSONObject: object))
  }
}
