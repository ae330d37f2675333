import Generation
import Testing

@testable import WorkerProtocol

@Suite struct MessageTests {
  @Test(arguments: Samples.server)
  func `a server message survives the wire`(message: ServerMessage) throws {
    var decoder = FrameDecoder(side: .worker)
    let frame = try message.frame()
    if frame.type != .challenge && frame.type != .welcome { decoder.expectation = .session }
    decoder.append(try FrameEncoder.encode(frame))
    let read = try #require(try decoder.next())
    #expect(try ServerMessage(read) == message)
    #expect(try decoder.next() == nil)
  }

  @Test(arguments: Samples.worker)
  func `a worker message survives the wire`(message: WorkerMessage) throws {
    var decoder = FrameDecoder(side: .server)
    let frame = try message.frame()
    if frame.type != .hello { decoder.expectation = .session }
    decoder.append(try FrameEncoder.encode(frame))
    let read = try #require(try decoder.next())
    #expect(try WorkerMessage(read) == message)
    #expect(try decoder.next() == nil)
  }

  @Test func `every frame type is covered by a sample`() throws {
    var types = Set(try Samples.server.map { try $0.frame().type })
    types.formUnion(try Samples.worker.map { try $0.frame().type })
    #expect(types == Set(FrameType.allCases))
  }

  @Test(arguments: FrameType.allCases)
  func `a frame about an attempt is refused without one`(type: FrameType) throws {
    guard type.namesAttempt else { return }
    for (job, attempt) in [(0, 0), (0, 1), (1, 0), (UInt64.max, 1)] as [(UInt64, UInt32)] {
      var frame = Frame(type)
      frame.job = job
      frame.attempt = attempt
      #expect(throws: ProtocolError.self) {
        if type.isFromWorker { _ = try WorkerMessage(frame) } else { _ = try ServerMessage(frame) }
      }
    }
  }

  @Test(
    arguments: FrameType.allCases, [[], [0xFF], Array("{}".utf8), Array("[1]".utf8), [0x22, 0xFF, 0x22]])
  func `any payload in any type is a message or an error, never a trap`(type: FrameType, payload: [UInt8]) {
    let frame = Frame(type, Samples.attempt, payload: payload)
    _ = try? WorkerMessage(frame)
    _ = try? ServerMessage(frame)
    #expect(throws: ProtocolError.self) {
      if type.isFromWorker { _ = try ServerMessage(frame) } else { _ = try WorkerMessage(frame) }
    }
  }

  @Test func `a picture whose PNG length runs past the frame is refused`() throws {
    var payload = Samples.picture.payload
    payload[20] = 0xFF
    #expect(
      throws: ProtocolError.malformedPayload(type: .image, expected: "a picture's numbers and its PNG bytes")
    ) {
      try WorkerMessage(Frame(.image, Samples.attempt, payload: payload))
    }
  }

  @Test func `a value that JSON cannot say is an error`() {
    let progress = GenerationProgress(phase: .denoising, done: 0, total: 1, etaSeconds: .nan)
    #expect(throws: ProtocolError.self) { try WorkerMessage.progress(Samples.attempt, progress).frame() }
  }

  @Test(arguments: ["", "a b", "../x", "é", "a\n", String(repeating: "a", count: 65)])
  func `a worker name with anything but letters, digits and three signs is refused`(name: String) {
    #expect(WorkerID(validating: name.utf8) == nil)
  }

  @Test func `deeply nested JSON is an error`() {
    let payload = [UInt8](repeating: 0x5B, count: 60_000)
    #expect(throws: ProtocolError.self) {
      try WorkerMessage(Frame(.capabilities, payload: payload))
    }
  }
}
