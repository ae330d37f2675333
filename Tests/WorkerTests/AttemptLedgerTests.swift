import Generation
import Testing
import WorkerProtocol

@testable import Worker

@Suite struct AttemptLedgerTests {
  let first = JobAttempt(job: 1, attempt: 1)
  let second = JobAttempt(job: 1, attempt: 2)
  let picture = WorkerPicture(index: 0, seed: 7, width: 8, height: 8, png: [1])

  @Test func `only one attempt is held`() {
    var ledger = AttemptLedger()
    #expect(ledger.begin(first))
    #expect(!ledger.begin(second))
    #expect(ledger.running == first)
  }

  @Test func `pictures and the end are sent again after a lost link, progress is not`() {
    var ledger = AttemptLedger()
    #expect(ledger.begin(first))
    #expect(ledger.record(.image(first, picture), about: first))
    ledger.close()
    #expect(!ledger.record(.progress(first, .init(phase: .denoising, done: 1, total: 2)), about: first))
    let end = WorkerMessage.completed(first, GenerationSummary(images: 1))
    #expect(!ledger.record(end, about: first))
    #expect(ledger.resume == HeldAttempt(first, .unacknowledged))
    #expect(ledger.proceed(first) == [.image(first, picture), end])
    #expect(ledger.isOpen)
  }

  @Test func `a settled attempt leaves nothing behind`() {
    var ledger = AttemptLedger()
    #expect(ledger.begin(first))
    #expect(ledger.settle(first))
    #expect(ledger.attempt == nil && ledger.resume == nil)
    #expect(!ledger.record(.image(first, picture), about: first))
    #expect(ledger.begin(second))
    #expect(!ledger.settle(first))
    #expect(ledger.attempt == second)
  }

  @Test func `an ended attempt needs no stop`() {
    var ledger = AttemptLedger()
    #expect(ledger.begin(first))
    #expect(ledger.record(.cancelled(first), about: first))
    #expect(ledger.running == nil)
    #expect(!ledger.settle(first))
  }

  @Test func `the server's word about another attempt changes nothing`() {
    var ledger = AttemptLedger()
    #expect(ledger.begin(second))
    ledger.close()
    #expect(ledger.proceed(first).isEmpty)
    #expect(!ledger.isOpen)
    #expect(ledger.resume == HeldAttempt(second, .running))
  }
}
