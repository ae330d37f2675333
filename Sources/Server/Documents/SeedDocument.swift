/// A seed: a number while every JSON reader keeps it exactly, a string of digits beyond 2⁵³−1.
struct SeedDocument: Encodable, Sendable {
  private let seed: Int64

  init(_ seed: Int64) { self.seed = seed }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if seed < 1 << 53 {
      try container.encode(seed)
    } else {
      try container.encode(String(seed))
    }
  }
}
