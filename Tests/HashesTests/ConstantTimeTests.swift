import Testing

@testable import Hashes

@Suite struct ConstantTimeTests {
  @Test func `equal is every byte and the count`() {
    #expect(ConstantTime.equal([], []) && ConstantTime.equal([1, 2, 3], [1, 2, 3]))
    #expect(!ConstantTime.equal([1, 2, 3], [1, 2, 131]) && !ConstantTime.equal([0, 2, 3], [1, 2, 3]))
    #expect(!ConstantTime.equal([1, 2, 3], [1, 2]) && !ConstantTime.equal([], [0]))
  }
}
