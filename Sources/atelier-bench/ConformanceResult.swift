import Tensors

/// How far one operation is from `reference`.
struct ConformanceResult: Encodable {
  let name: String
  /// ‖found − expected‖/‖expected‖; nil if the operation failed.
  let difference: Double?
  let isRight: Bool
  let failure: String?

  enum CodingKeys: String, CodingKey {
    case name, difference, failure
    case isRight = "is_right"
  }

  init(_ item: ConformanceCase, _ backend: Backend, _ reference: Backend, bound: Double) {
    name = item.name
    do {
      let found = try item.run(backend)
      let distance = try Self.distance(found, item.run(reference))
      // Again, for graphs and timed choices may have changed how it is done.
      let again = try Self.distance(item.run(backend), found)
      difference = max(distance, again)
      isRight = distance <= bound && again <= bound
      failure = nil
    } catch {
      difference = nil
      isRight = false
      failure = "\(error)"
    }
  }

  /// ‖found − expected‖/‖expected‖; infinite where a value is not finite or the counts differ.
  private static func distance(_ found: [Float], _ expected: [Float]) -> Double {
    guard found.count == expected.count, found.allSatisfy(\.isFinite) else { return .infinity }
    var (difference, size) = (0.0, 1e-12)
    for (one, other) in zip(found, expected) {
      difference += Double(one - other) * Double(one - other)
      size += Double(other) * Double(other)
    }
    return (difference / size).squareRoot()
  }

  /// One line of the table.
  var row: String {
    let verdict = isRight ? "ok  " : "BAD "
    let told = difference.map { "\($0)" } ?? failure ?? ""
    return "\(verdict) \(padded(name, 56)) \(told)"
  }
}
