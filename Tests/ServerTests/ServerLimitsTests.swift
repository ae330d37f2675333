import Generation
import JobQueue
import Testing

@testable import HTTP
@testable import Server

@Suite struct ServerLimitsTests {
  private let limits = ServerLimits()

  @Test func `requests are bounded as the specification says`() {
    let http = limits.http
    #expect(http.requestLine == 8 << 10 && http.headerLine == 8 << 10 && http.headers == 32 << 10)
    #expect(http.headerCount == 100 && http.chunkOverhead == 4 << 10)
    #expect(limits.jsonBody == 64 << 10 && limits.uploadBody == 16 << 20)
    #expect(http.headerDeadline == .seconds(10) && http.keepAlive == .seconds(15))
    #expect(http.bodyGrace == .seconds(30) && http.bodyIdle == .seconds(15))
    #expect(http.bodyBytesPerSecond == 16 << 10 && http.requestsPerConnection == 1000)
    #expect(http.writeProgress == .seconds(30))
    #expect(http.drainBytes == 64 << 10 && http.drainTime == .seconds(1))
    #expect(http.connections == 12_000 && http.connectionsPerAddress == 256 && http.descriptorReserve == 64)
  }

  @Test func `a JSON body is a short one, a picture is not`() {
    #expect(limits.jsonBody <= limits.http.shortBody && limits.uploadBody > limits.http.shortBody)
    #expect(limits.http.bodiesInMemoryForShort < limits.http.bodiesInMemory)
  }

  @Test func `sockets are bounded as the specification says`() {
    let socket = limits.http.webSocket
    #expect(socket.message == 64 << 10 && socket.frame == 64 << 10 && socket.fragments == 64)
    #expect(socket.pingInterval == .seconds(20) && socket.pongTimeout == .seconds(20))
    #expect(socket.outboxBytes == 1 << 20 && socket.outboxMessages == 256)
    #expect(limits.socketsPerUser == 8)
  }

  @Test func `jobs and room on the disk are bounded as the specification says`() {
    #expect(limits.queue.jobsPerUser == 20 && limits.queue.jobsTotal == 500)
    #expect(Limits().maxBatchCount == 8)
    #expect(limits.submissionBurst == 20 && limits.submissionsPerMinute == 10)
    #expect(limits.newcomersPerAddress == 250 && limits.newcomersPerMinute == 60)
    #expect(limits.queue.cellsPerUser == 100 && limits.queue.cellsTotal == 250)
    #expect(limits.bytesPerUser == 2 << 30 && limits.freeSpaceFloor == 2 << 30)
  }
}
