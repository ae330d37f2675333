import Generation
import Sockets
import Testing
import WorkerProtocol

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct WorkerHandshakeTests {
  @Test func `a worker without the secret is refused without a word, and the fourth time not even asked`()
    async throws
  {
    let fixture = try await LinkFixture()
    for _ in 0..<3 {
      let worker = try await MockWorker("worker-1", fixture)
      await #expect(throws: MockWorker.Failure.self) { try await worker.shakeHands(.random()) }
    }
    let fourth = try await MockWorker("worker-1", fixture)
    #expect(try await fourth.receive() == nil)
    fixture.clock.advance(.seconds(61))
    _ = try await fixture.worker()
    #expect(fixture.capabilities.statuses.count <= 1)
  }

  @Test func `looking whether the port is open is no failure`() async throws {
    let fixture = try await LinkFixture()
    for _ in 0..<6 {
      let probe = try await MockWorker("probe", fixture)
      _ = try await probe.receive()
      await probe.connection.close()
    }
    let worker = try await fixture.worker()
    try await fixture.submit()
    _ = try await worker.assignment()
  }

  @Test func `a peer that says nothing is closed at the deadline`() async throws {
    let fixture = try await LinkFixture { $0.handshake = .milliseconds(100) }
    let silent = try await MockWorker("worker-1", fixture)
    _ = try await silent.receive()
    #expect(try await silent.receive() == nil)
  }

  @Test(arguments: [
    [UInt8]("GET / HTTP/1.1\r\n\r\n".utf8), [0, 0, 0, 17, 0x84], [0xFF, 0xFF, 0xFF, 0xFF, 0x81],
  ])
  func `a stranger's bytes close the link`(bytes: [UInt8]) async throws {
    let fixture = try await LinkFixture()
    let stranger = try await MockWorker("worker-1", fixture)
    try await stranger.sendBytes(bytes)
    _ = try await stranger.receive()
    #expect(try await stranger.receive() == nil)
  }

  @Test func `an address is limited for a minute from each failure`() throws {
    var limiter = HandshakeLimiter(limit: 3)
    let address = SocketAddress.loopback(port: 1)
    let other = try SocketAddress(host: "10.0.0.1", port: 1)
    for second in [0, 10, 20] {
      let isAdmitted = limiter.admits(address, now: .seconds(second))
      #expect(isAdmitted)
      limiter.failed(SocketAddress.loopback(port: UInt16(second)), now: .seconds(second))
    }
    let isFourthAdmitted = limiter.admits(address, now: .seconds(59))
    #expect(!isFourthAdmitted)
    let isOtherAdmitted = limiter.admits(other, now: .seconds(59))
    #expect(isOtherAdmitted)
    let isLaterAdmitted = limiter.admits(address, now: .seconds(61))
    #expect(isLaterAdmitted)
  }
}
