import Generation
import Logging
import Sockets
import Testing
import WorkerProtocol

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct WorkerBacklogTests {
  @Test func `a worker that lets messages pile up loses its link, not the server its memory`() async throws {
    let fixture = try await LinkFixture()
    let parts = WorkerParts(
      store: fixture.store, images: fixture.images, capabilities: fixture.capabilities,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { _, _, _, _ in }
    let connection = try await Connection.connect(
      to: fixture.listener.address, on: try LinkFixture.loop.get(), deadline: .now + .seconds(60))
    let session = WorkerSession(
      worker: WorkerID("w"), connection: connection, dispatcher: Dispatcher(parts: parts), parts: parts)
    // Nobody sends them on before the session runs.
    for number in 0..<1000 {
      session.say(.acknowledge(JobAttempt(job: UInt64(number), attempt: 1), accepted: false))
    }
    guard case .misbehaved = await session.run(FrameDecoder(side: .server)) else {
      Issue.record("the link went on")
      return
    }
  }
}
