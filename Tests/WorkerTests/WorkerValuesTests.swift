import Generation
import Testing

@testable import Worker

@Suite struct ProgressClockTests {
  @Test func `says nothing about the end before the first evaluation`() {
    var clock = ProgressClock(total: 20)
    let progress = clock.progress(.loading, done: 0, undecoded: 1)
    #expect(progress.etaSeconds == nil)
  }

  @Test func `one slow evaluation does not swing the estimate`() {
    var clock = ProgressClock(total: 10)
    for _ in 0..<4 { clock.evaluated(seconds: 1) }
    clock.evaluated(seconds: 100)
    clock.decoded(seconds: 2)
    let progress = clock.progress(.denoising, done: 5, undecoded: 2)
    #expect(progress.etaSeconds == 9.0)
    #expect(progress.done == 5 && progress.total == 10)
  }

  @Test func `more work than was expected turns nothing back`() {
    var clock = ProgressClock(total: 10)
    var shares: [Double] = []
    for done in 0..<20 {
      clock.expect(total: done < 5 ? 10 : done < 8 ? 40 : 20)
      let progress = clock.progress(.denoising, done: done, undecoded: 0)
      #expect(progress.done == done)
      shares.append(Double(progress.done) / Double(progress.total))
    }
    #expect(shares == shares.sorted() && shares.max() == 0.95)
  }

  @Test func `old evaluations are forgotten`() {
    var clock = ProgressClock(total: 100)
    for _ in 0..<20 { clock.evaluated(seconds: 1) }
    for _ in 0..<15 { clock.evaluated(seconds: 2) }
    #expect(clock.secondsPerEvaluation == 2)
  }
}

@Suite struct BackoffTests {
  @Test func `waits double up to the longest and begin again after a success`() {
    var backoff = Backoff(from: .seconds(1), to: .seconds(5))
    let waits = (0..<5).map { _ in backoff.wait(random: 1) }
    #expect(waits == [1, 2, 4, 5, 5].map { .seconds($0) })
    backoff.reset()
    let first = backoff.wait(random: 0)
    #expect(first == .milliseconds(750))
  }
}

@Suite struct ServerAddressTests {
  @Test(arguments: [
    ("127.0.0.1:3001", "127.0.0.1", 3001), ("[::1]:80", "::1", 80), ("gpu.lan:65535", "gpu.lan", 65535),
  ])
  func `reads a host and a port`(text: String, host: String, port: Int) throws {
    let address = try ServerAddress(parsing: text)
    #expect(address.host == host && Int(address.port) == port)
    #expect(address.description == text)
  }

  @Test(arguments: ["", ":", "host", "host:", ":80", "host:0", "host:65536", "host:8x", "host:-1"])
  func `refuses what is not HOST:PORT`(text: String) {
    #expect(throws: WorkerError.malformedServer(text)) { try ServerAddress(parsing: text) }
  }
}
