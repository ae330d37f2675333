import Tensors
import Testing

/// What every backend is held to: `reference` agrees with loops in double precision, the others with `reference`.
enum Conformance {
  /// The backends whose device is present.
  static let present = Backend.all.filter { $0.absence == nil }.map(\.name)

  /// Runs `operation` on the backend and compares.
  ///
  /// The tolerance is relative to the largest expected value, or to 1 if that is larger; `isProduct`: the
  /// operation multiplies in the device's product type.
  static func check(
    _ name: String, threads: Int = 2, tolerance: Double = 4e-6, isProduct: Bool = false,
    _ operation: (Backend) throws -> Tensor, oracle: () -> [Double]
  ) throws {
    let backend = try Backend.named(name, threads: threads)
    let found = try operation(backend).floats().map(Double.init)
    let expected: [Double]
    if name == "reference" {
      expected = oracle()
    } else {
      expected = try operation(Backend.named("reference", threads: threads)).floats().map(Double.init)
    }
    try #require(found.count == expected.count)
    let scale = max(1, expected.lazy.map(abs).max() ?? 0)
    let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 0
    let finite = found.allSatisfy(\.isFinite)
    let bound = max(tolerance, slack(backend, isProduct)) * scale
    #expect(finite && worst <= bound, "\(name): largest difference \(worst), bound \(bound)")
  }

  /// What the device's types cost.
  private static func slack(_ backend: Backend, _ isProduct: Bool) -> Double {
    let stored = backend.activationType == .float32 ? 0 : 2e-2
    switch backend.productType {
    case .float16, .int16: return isProduct ? max(stored, 6e-3) : stored
    case .int8: return isProduct ? 4e-2 : stored
    case .float32, .bfloat16: return stored
    }
  }
}
