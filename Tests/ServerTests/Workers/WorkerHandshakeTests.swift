import Generation
import Sockets
import Testing
import WorkerProtocol

@testable import Server

@Suite(.timeLimit(.minutes(5))) struct WorkerHandshakeTests {
  @Test func `a worker without the secret is refused, then not even checked, and shuts out no other`()
    async throws
  {
    let fixture = try await LinkFixture()
    for _ in 0..<3 {
      let worker = try await MockWorker("worker-1", fixture)
      await #expect(throws: MockWorker.Failure.self) { try await worker.shakeHands(.random()) }
    }
    let fourth = try await MockWorker("worker-1", fixture)
    await #expect(throws: MockWorker.Failure.self) { try await fourth.shakeHands(fixture.secret) }
    _ = try await fixture.worker("worker-2")
    fixture.clock.advance(.seconds(61))
    _ = try await fixture.worker("worker-1")
  }

  @Test func `an address with too many failures is not answered`() async throws {
    let fixture = try await LinkFixture { $0.failuresPerAddress = 2 }
    for name in ["a", "b"] {
      let worker = try await MockWorker(name, fixture)
      await #expect(throws: MockWorker.Failure.self) { try await worker.shakeHands(.random()) }
    }
    let third = try await MockWorker("c", fixture)
    #expect(try await third.receive() == nil)
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

  @Test func `failures count for a minute, by name and by address`() throws {
    var limiter = HandshakeLimiter(perName: 2, perAddress: 3)
    let address = SocketAddress.loopback(port: 1)
    let other = try SocketAddress(host: "10.0.0.1", port: 1)
    let (a, b) = (WorkerID("a"), WorkerID("b"))
    limiter.failed(.loopback(port: 2), name: a, now: .seconds(0))
    #expect(limiter.admits(a, from: address, now: .seconds(1)))
    limiter.failed(.loopback(port: 3), name: a, now: .seconds(10))
    #expect(!limiter.admits(a, from: address, now: .seconds(11)))
    #expect(limiter.admits(b, from: address, now: .seconds(11)))
    #expect(limiter.admits(a, from: other, now: .seconds(11)))
    let isAddressAdmitted = limiter.admits(address, now: .seconds(12))
    #expect(isAddressAdmitted)
    limiter.failed(address, name: nil, now: .seconds(20))
    let isFourthAdmitted = limiter.admits(address, now: .seconds(59))
    #expect(!isFourthAdmitted)
    let isOtherAdmitted = limiter.admits(other, now: .seconds(59))
    #expect(isOtherAdmitted)
    #expect(limiter.admits(a, from: address, now: .seconds(61)))
    let isLaterAdmitted = limiter.admits(address, now: .seconds(61))
    #expect(isLaterAdmitted)
  }
}
