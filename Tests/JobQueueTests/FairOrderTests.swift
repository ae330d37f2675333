import Generation
import Testing

@testable import JobQueue

@Suite struct FairOrderTests {
  private func entry(_ number: Int64, _ owner: String, cost: Int64 = 10, at time: Int64 = 0)
    -> FairOrder.Entry
  {
    FairOrder.Entry(number: number, owner: UserID(owner), cost: cost, virtualTime: time)
  }

  private func order(_ entries: [FairOrder.Entry], clock: Int64 = 0, _ order: QueuePolicy.Order = .fair)
    -> [Int64]
  {
    FairOrder.turns(entries, clock: clock, order: order).map { entries[$0.index].number }
  }

  @Test func `users take turns`() {
    let entries = [entry(1, "a"), entry(2, "a"), entry(3, "a"), entry(4, "b"), entry(5, "b"), entry(6, "c")]
    #expect(order(entries) == [1, 4, 6, 2, 5, 3])
  }

  @Test func `big jobs cost more turns`() {
    let entries =
      [entry(1, "a", cost: 100), entry(2, "a", cost: 100)] + (3...8).map { entry($0, "b", cost: 20) }
    #expect(order(entries) == [1, 3, 4, 5, 6, 7, 2, 8])
  }

  @Test func `idle time saves up nothing`() {
    let entries = [entry(1, "busy", at: 100), entry(2, "new"), entry(3, "new"), entry(4, "busy", at: 100)]
    #expect(order(entries, clock: 90) == [2, 1, 3, 4])
  }

  @Test func `first come first served is by number`() {
    let entries = [entry(1, "a"), entry(2, "a"), entry(3, "b")]
    #expect(order(entries, .fifo) == [1, 2, 3])
  }

  @Test func `work never overflows`() {
    let request = GenerationRequest(
      prompt: "", model: "", sampler: "", steps: .max, guidanceScale: 1, width: .max, height: .max, seed: 0)
    #expect(FairOrder.cost(of: request) == .max)
    #expect(order([entry(1, "a", cost: .max), entry(2, "a", cost: .max), entry(3, "b")]) == [1, 3, 2])
  }
}

@Suite struct StartEstimateTests {
  @Test func `one worker does one after the other`() {
    var estimate = StartEstimate(workers: 1, running: [3])
    #expect(estimate.next(taking: 10) == 3)
    #expect(estimate.next(taking: 10) == 13)
  }

  @Test func `two workers share`() {
    var estimate = StartEstimate(workers: 2, running: [3])
    #expect([4, 4, 4].map { estimate.next(taking: $0) } == [0, 3, 4])
  }

  @Test func `without workers or measurements nobody knows`() {
    var none = StartEstimate(workers: 0, running: [])
    #expect(none.next(taking: 1) == nil)
    var unknown = StartEstimate(workers: 1, running: [nil])
    #expect(unknown.next(taking: 1) == nil)
    var later = StartEstimate(workers: 1, running: [])
    #expect(later.next(taking: nil) == 0)
    #expect(later.next(taking: 1) == nil)
  }

  @Test func `times follow pixels, steps and pictures`() {
    let table = TimingTable([
      TimingTable.Entry(model: "demo", sampler: "Euler", pixels: 64 * 64, secondsPerEvaluation: 0.5),
      TimingTable.Entry(model: "demo", sampler: "Euler", pixels: 64 * 64, secondsPerEvaluation: 1.5),
    ])
    #expect(table.seconds(for: StoreFixture.request(steps: 10)) == 10)
    var large = StoreFixture.request(steps: 10, count: 2)
    large.width = 128
    #expect(table.seconds(for: large) == 40)
    #expect(table.seconds(for: StoreFixture.request(model: "other")) == nil)
  }
}
