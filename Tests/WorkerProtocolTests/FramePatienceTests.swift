import Testing

@testable import WorkerProtocol

@Suite struct FramePatienceTests {
  private let start = SuspendingClock.now
  private func at(_ seconds: Double) -> SuspendingClock.Instant { start + .seconds(seconds) }

  @Test func `whole frames start the silence anew`() {
    var patience = FramePatience<SuspendingClock.Instant>(silence: .seconds(15))
    #expect(patience.deadline(buffered: 0, hasTaken: false, now: at(0)) == at(15))
    #expect(patience.deadline(buffered: 0, hasTaken: true, now: at(10)) == at(25))
  }

  @Test func `a frame that does not end is given up though bytes come`() {
    var patience = FramePatience<SuspendingClock.Instant>(silence: .seconds(16))
    #expect(patience.deadline(buffered: 16, hasTaken: false, now: at(0)) < at(16.1))
    #expect(patience.deadline(buffered: 64, hasTaken: false, now: at(14)) < at(16.1))
    // The rest of it came, and the first bytes of the next.
    #expect(patience.deadline(buffered: 16, hasTaken: true, now: at(15)) > at(30))
  }

  @Test func `a large frame has the time its bytes take`() {
    var patience = FramePatience<SuspendingClock.Instant>(silence: .seconds(15))
    _ = patience.deadline(buffered: 1, hasTaken: false, now: at(0))
    // A megabyte in 60 seconds is more than the slowest speed; the silence decides.
    #expect(patience.deadline(buffered: 1 << 20, hasTaken: false, now: at(60)) == at(75))
    #expect(patience.deadline(buffered: 1 << 20, hasTaken: false, now: at(70)) == at(79))
  }
}
