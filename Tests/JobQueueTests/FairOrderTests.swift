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
  private func estimate(_ workers: Int, _ running: [WorkerID: Double?] = [:]) -> StartEstimate {
    StartEstimate(workers: StoreFixture.workers(workers), running: running)
  }

  @Test func `one worker does one after the other`() {
    var estimate = estimate(1, [StoreFixture.worker: 3])
    #expect(estimate.next(model: "demo") { _ in 10 } == 3)
    #expect(estimate.next(model: "demo") { _ in 10 } == 13)
  }

  @Test func `two workers share, each at its own speed`() {
    var even = estimate(2, [StoreFixture.worker: 3])
    #expect((0..<3).map { _ in even.next(model: "demo") { _ in 4 } } == [0, 3, 4])
    var uneven = estimate(2)
    let seconds = { (worker: WorkerID) -> Double? in worker == StoreFixture.worker ? 1 : 10 }
    #expect((0..<5).map { _ in uneven.next(model: "demo", seconds: seconds) } == [0, 0, 1, 2, 3])
  }

  @Test func `a job waits for workers that have its model, and for its delay`() {
    var estimate = StartEstimate(
      workers: [
        QueueWorker(id: WorkerID("a"), models: ["demo"]), QueueWorker(id: WorkerID("b"), models: ["other"]),
      ], running: [WorkerID("a"): 7])
    #expect(estimate.next(model: "demo") { _ in 5 } == 7)
    #expect(estimate.next(model: "other", earliest: 30) { _ in 5 } == 30)
    #expect(estimate.next(model: "other") { _ in 5 } == 35)
    #expect(estimate.next(model: "unknown") { _ in 5 } == nil)
  }

  @Test func `without workers or measurements nobody knows`() {
    var none = estimate(0)
    #expect(none.next(model: "demo") { _ in 1 } == nil)
    var unknown = estimate(1, [StoreFixture.worker: Double?.none])
    #expect(unknown.next(model: "demo") { _ in 1 } == nil)
    var later = estimate(1)
    #expect(later.next(model: "demo") { _ in nil } == 0)
    #expect(later.next(model: "demo") { _ in 1 } == nil)
  }

  private func entry(_ worker: String, _ seconds: Double) -> TimingTable.Entry {
    TimingTable.Entry(
      worker: WorkerID(worker), model: "demo", sampler: "Euler", pixels: 64 * 64,
      secondsPerEvaluation: seconds)
  }

  @Test func `times follow pixels, steps and pictures`() {
    let table = TimingTable([entry("a", 0.5), entry("b", 1.5)])
    #expect(table.seconds(for: StoreFixture.request(steps: 10), on: nil) == 10)
    var large = StoreFixture.request(steps: 10, count: 2)
    large.width = 128
    #expect(table.seconds(for: large, on: nil) == 40)
    #expect(table.seconds(for: StoreFixture.request(model: "other"), on: WorkerID("a")) == nil)
  }

  @Test func `what a worker was measured with counts before the mean of all`() {
    let table = TimingTable([entry("a", 0.5), entry("b", 1.5)])
    let request = StoreFixture.request(steps: 10)
    #expect(table.seconds(for: request, on: WorkerID("a")) == 5)
    #expect(table.seconds(for: request, on: WorkerID("b")) == 15)
    #expect(table.seconds(for: request, on: WorkerID("new")) == 10)
    var large = request
    large.width = 128
    #expect(table.seconds(for: large, on: WorkerID("b")) == 30)
  }
}
