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
    let began = ledger.begin(first)
    #expect(began)
    let beganSecond = ledger.begin(second)
    #expect(!beganSecond)
    #expect(ledger.running == first)
  }

  @Test func `pictures and the end are sent again after a lost link, progress is not`() {
    var ledger = AttemptLedger()
    let began = ledger.begin(first)
    #expect(began)
    let sendsPicture = ledger.record(.image(first, picture), about: first)
    #expect(sendsPicture)
    ledger.close()
    let sendsProgress = ledger.record(
      .progress(first, .init(phase: .denoising, done: 1, total: 2)), about: first)
    #expect(!sendsProgress)
    let end = WorkerMessage.completed(first, GenerationSummary(images: 1))
    let sendsEnd = ledger.record(end, about: first)
    #expect(!sendsEnd)
    #expect(ledger.resume == HeldAttempt(first, .unacknowledged))
    let kept = ledger.proceed(first)
    #expect(kept == [.image(first, picture), end])
    #expect(ledger.isOpen)
  }

  @Test func `a settled attempt leaves nothing behind`() {
    var ledger = AttemptLedger()
    let began = ledger.begin(first)
    #expect(began)
    let mustStop = ledger.settle(first)
    #expect(mustStop)
    #expect(ledger.attempt == nil && ledger.resume == nil)
    let sendsPicture = ledger.record(.image(first, picture), about: first)
    #expect(!sendsPicture)
    let beganSecond = ledger.begin(second)
    #expect(beganSecond)
    let mustStopAgain = ledger.settle(first)
    #expect(!mustStopAgain)
    #expect(ledger.attempt == second)
  }

  @Test func `an ended attempt needs no stop`() {
    var ledger = AttemptLedger()
    let began = ledger.begin(first)
    #expect(began)
    let sendsEnd = ledger.record(.cancelled(first), about: first)
    #expect(sendsEnd)
    #expect(ledger.running == nil)
    let mustStop = ledger.settle(first)
    #expect(!mustStop)
  }

  @Test func `the server's word about another attempt changes nothing`() {
    var ledger = AttemptLedger()
    let began = ledger.begin(second)
    #expect(began)
    ledger.close()
    let kept = ledger.proceed(first)
    #expect(kept.isEmpty)
    #expect(!ledger.isOpen)
    #expect(ledger.resume == HeldAttempt(second, .running))
  }
}
