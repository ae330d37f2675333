import Checkpoints
import StableDiffusion
import Testing

@Suite struct BrownianTreeTests {
  static let tree = BrownianTree(seed: 1 << 40 + 5)

  @Test func `increments are what the description gives in another language`() throws {
    let file = try StepsTests.file()
    var count = 0
    for entry in file.entries where entry.name.hasPrefix("brownian|") {
      let ends = entry.name.split(separator: "|").dropFirst().compactMap { Double($0) }
      let found = Self.tree.increment(from: ends[0], to: ends[1], count: 40)
      #expect(TorchError.worst(found, try file.tensor(entry.name).floats()) < 1e-5, "\(entry.name)")
      count += 1
    }
    #expect(count == 6)
  }

  @Test func `parts of a way add up to the whole and do not depend on it`() {
    let parts = [(14.0, 5.0), (5.0, 1.3), (1.3, 0.7)]
    var sum = [Double](repeating: 0, count: 64)
    for (from, to) in parts {
      let values = Self.tree.increment(from: from, to: to, count: 64)
      for index in 0..<64 { sum[index] += Double(values[index]) * (from - to).squareRoot() }
    }
    let whole = Self.tree.increment(from: 14, to: 0.7, count: 64)
    for index in 0..<64 { #expect(abs(sum[index] - Double(whole[index]) * (14 - 0.7).squareRoot()) < 0.02) }
  }

  @Test func `noise is normal and that of disjoint ways independent`() {
    let count = 20_000
    let a = Self.tree.increment(from: 9, to: 8.6, count: count)
    let b = Self.tree.increment(from: 8.6, to: 8.1, count: count)
    func mean(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) } / Double(count) }
    #expect(abs(mean(a)) < 0.03)
    #expect(abs(mean(a.map { $0 * $0 }) - 1) < 0.05)
    #expect(abs(mean(zip(a, b).map { $0 * $1 })) < 0.03)
  }

  @Test func `the way back has the other sign and no way no noise`() {
    let down = Self.tree.increment(from: 3, to: 2, count: 9)
    #expect(Self.tree.increment(from: 2, to: 3, count: 9) == down.map { -$0 })
    #expect(Self.tree.increment(from: 2, to: 2, count: 2) == [0, 0])
    #expect(Self.tree.increment(from: 2, to: 0, count: 2) == [0, 0])
    #expect(BrownianTree(seed: 1).increment(from: 3, to: 2, count: 9) != down)
  }
}
