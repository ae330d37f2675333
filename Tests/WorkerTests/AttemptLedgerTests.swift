import Generation
import Testing
import WorkerProtocol

@testable import Worker

@Suite struct AttemptLedgerTests {
  let first = JobAttempt(job: 1, attempt: 1)
  let second = JobAttempt(job: 1, attempt: 2)
  let picture = WorkerPicture(index: 0, seed: 7, width: 8, height: 8, png: [1])

  @Test func `only one attempt has the device`() {
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
    #expect(ledger.resumes == [HeldAttempt(first, .unacknowledged)])
    let kept = ledger.proceed(first)
    #expect(kept == [.image(first, picture), end])
    #expect(ledger.isOpen(first))
  }

  @Test func `a settled attempt leaves nothing behind`() {
    var ledger = AttemptLedger()
    let began = ledger.begin(first)
    #expect(began)
    let mustStop = ledger.settle(first)
    #expect(mustStop)
    #expect(ledger.isEmpty && ledger.resumes.isEmpty)
    let sendsPicture = ledger.record(.image(first, picture), about: first)
    #expect(!sendsPicture)
    let beganSecond = ledger.begin(second)
    #expect(beganSecond)
    let mustStopAgain = ledger.settle(first)
    #expect(!mustStopAgain)
    #expect(ledger.resumes.map(\.attempt) == [second])
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
    #expect(!ledger.isOpen(second))
    #expect(ledger.resumes == [HeldAttempt(second, .running)])
  }

  @Test func `the next attempt begins while the last one's pictures are saved, and no third`() {
    var ledger = AttemptLedger()
    let began = ledger.begin(first)
    #expect(began)
    let sends = ledger.record(.progress(first, .init(phase: .saving, done: 2, total: 2)), about: first)
    #expect(sends)
    #expect(ledger.onDevice == nil && ledger.running == first)
    let beganSecond = ledger.begin(second)
    #expect(beganSecond)
    #expect(ledger.onDevice == second && ledger.running == second)
    let isOff = ledger.record(.progress(second, .init(phase: .saving, done: 2, total: 2)), about: second)
    #expect(isOff)
    let beganThird = ledger.begin(JobAttempt(job: 2, attempt: 1))
    #expect(!beganThird)
    #expect(ledger.resumes == [HeldAttempt(first, .running), HeldAttempt(second, .running)])
    // The device is long done with it.
    let mustStop = ledger.settle(first)
    #expect(!mustStop)
    #expect(ledger.holds(second) && !ledger.holds(first))
  }
}
