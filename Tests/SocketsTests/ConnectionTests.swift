import Foundation
import Sockets
import Testing

/// Two connected sockets over loopback.
struct Pair {
  let loop: EventLoop
  let client: Connection
  let server: Connection

  init(options: ConnectionOptions = ConnectionOptions()) async throws {
    loop = try EventLoop()
    let listener = try await Listener.bind(to: .loopback(port: 0), on: loop)
    client = try await Connection.connect(
      to: listener.address, on: loop, deadline: MonotonicInstant.now + .seconds(60), options: options)
    server = try await Connection.adopt(try await listener.accept(), on: loop, options: options)
    await listener.close()
  }

  /// Reads from the server's side until `count` bytes or the end have come.
  func receive(_ count: Int) async throws -> [UInt8] {
    var all: [UInt8] = []
    while all.count < count {
      let bytes = try await server.read(until: MonotonicInstant.now + .seconds(60))
      if bytes.isEmpty { break }
      all += bytes
    }
    return all
  }
}

@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
  @Test func `bytes arrive, and the end after them`() async throws {
    let pair = try await Pair()
    try await pair.client.write(Array("hello".utf8))
    #expect(try await pair.server.read() == Array("hello".utf8))
    await pair.client.shutdownWrite()
    #expect(try await pair.server.read() == [])
    try await pair.server.write([1])
    #expect(try await pair.client.read() == [1])
  }

  @Test func `an end that came together with the last bytes is seen`() async throws {
    for _ in 0..<50 {
      let pair = try await Pair()
      try await pair.client.write([1, 2, 3])
      await pair.client.close()
      var all: [UInt8] = []
      while true {
        let part = try await pair.server.read(until: MonotonicInstant.now + .seconds(60))
        if part.isEmpty { break }
        all += part
      }
      #expect(all == [1, 2, 3])
    }
  }

  @Test func `bytes that come between two reads wake the second`() async throws {
    let pair = try await Pair()
    for number in UInt8(0)..<200 {
      try await pair.client.write([number])
      #expect(try await pair.server.read(until: MonotonicInstant.now + .seconds(60)) == [number])
    }
  }

  @Test func `a nearer deadline than the last one counts`() async throws {
    let pair = try await Pair()
    try await pair.client.write([1])
    #expect(try await pair.server.read(until: MonotonicInstant.now + .seconds(600)) == [1])
    let waiting = Task { try await pair.server.read(until: MonotonicInstant.now + .seconds(600)) }
    await pair.server.interruptRead()
    try await pair.client.write([2])
    _ = try? await waiting.value
    await #expect(throws: SocketError.timedOut(call: "read")) {
      while true { _ = try await pair.server.read(until: MonotonicInstant.now + .milliseconds(20)) }
    }
  }

  @Test func `two arrays arrive as one`() async throws {
    let pair = try await Pair()
    let head = [UInt8](repeating: 1, count: 100)
    let body = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0) }
    async let writing: Void = pair.client.write(head, body)
    #expect(try await pair.receive(head.count + body.count) == head + body)
    try await writing
    try await pair.client.write(head, [])
    #expect(try await pair.receive(head.count) == head)
  }

  @Test func `a read takes no more than it was asked for`() async throws {
    let pair = try await Pair()
    try await pair.client.write([1, 2, 3])
    #expect(try await pair.server.read(max: 2) == [1, 2])
    #expect(try await pair.server.read(max: 2) == [3])
  }

  @Test func `a large write waits for its reader and arrives whole`() async throws {
    let pair = try await Pair()
    let bytes = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    async let writing: Void = pair.client.write(bytes)
    #expect(try await pair.receive(bytes.count) == bytes)
    try await writing
  }

  @Test func `a write that nobody takes ends at the progress limit`() async throws {
    let pair = try await Pair(options: ConnectionOptions(writeProgress: .milliseconds(50)))
    await #expect(throws: SocketError.timedOut(call: "write")) {
      try await pair.client.write([UInt8](repeating: 0, count: 64 << 20))
    }
  }

  @Test func `a read ends at its deadline and the connection lives on`() async throws {
    let pair = try await Pair()
    await #expect(throws: SocketError.timedOut(call: "read")) {
      _ = try await pair.server.read(until: MonotonicInstant.now + .milliseconds(20))
    }
    try await pair.client.write([7])
    #expect(try await pair.server.read() == [7])
  }

  @Test func `a cancelled read ends, even if it was cancelled before it began`() async throws {
    let pair = try await Pair()
    let waiting = Task { try await pair.server.read() }
    waiting.cancel()
    await #expect(throws: SocketError.cancelled) { _ = try await waiting.value }
    try await pair.client.write([7])
    #expect(try await pair.server.read() == [7])
  }

  @Test func `close ends a waiting read`() async throws {
    let pair = try await Pair()
    let waiting = Task { try await pair.server.read() }
    // The second reader is refused only when the first one waits.
    while true {
      do { _ = try await pair.server.read(until: MonotonicInstant.now) } catch SocketError.busy {
        break
      } catch {}
    }
    await pair.server.close()
    await #expect(throws: SocketError.closed) { _ = try await waiting.value }
    await #expect(throws: SocketError.closed) { _ = try await pair.server.read() }
    await #expect(throws: SocketError.closed) { try await pair.server.write([1]) }
    #expect(try await pair.client.read() == [])
  }

  @Test func `an interrupted read says so and can be repeated`() async throws {
    let pair = try await Pair()
    let waiting = Task { try await pair.server.read() }
    while true {
      do { _ = try await pair.server.read(until: MonotonicInstant.now) } catch SocketError.busy {
        break
      } catch {}
    }
    await pair.server.interruptRead()
    await #expect(throws: SocketError.interrupted) { _ = try await waiting.value }
    try await pair.client.write([7])
    #expect(try await pair.server.read() == [7])
  }

  @Test func `abort resets the peer`() async throws {
    let pair = try await Pair()
    await pair.client.abort()
    await #expect(throws: SocketError.system(call: "recv", errno: 104)) { _ = try await pair.server.read() }
  }

  @Test func `a connection that nobody holds is closed`() async throws {
    let loop = try EventLoop()
    let listener = try await Listener.bind(to: .loopback(port: 0), on: loop)
    let client = try await Connection.connect(
      to: listener.address, on: loop, deadline: MonotonicInstant.now + .seconds(60))
    do { _ = try await Connection.adopt(try await listener.accept(), on: loop) }
    #expect(try await client.read(until: MonotonicInstant.now + .seconds(60)) == [])
  }

  @Test func `connecting where nobody listens is refused`() async throws {
    let loop = try EventLoop()
    let listener = try await Listener.bind(to: .loopback(port: 0), on: loop)
    let address = listener.address
    await listener.close()
    // The descriptor goes away with the last reference, which the loop may still hold for a moment.
    await #expect(throws: SocketError.self) {
      _ = try await Connection.connect(to: address, on: loop, deadline: MonotonicInstant.now + .seconds(60))
    }
  }

  @Test(arguments: [true, false])
  func `a part of a file is sent, on the loop or on a thread`(onThread: Bool) async throws {
    let pair = try await Pair()
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("sendfile-\(UUID().uuidString)")
      .path
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 17) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let file = try FileDescriptor.open(reading: path)
    #expect(try file.status().size == 3_000_000)
    let thread = onThread ? try ThreadExecutor(name: "files") : nil
    async let sending: Void = pair.client.sendFile(file, offset: 1000, count: 2_000_000, on: thread)
    #expect(try await pair.receive(2_000_000) == Array(bytes[1000..<2_001_000]))
    try await sending
    await #expect(throws: SocketError.fileTooShort(expected: 10, sent: 4)) {
      try await pair.client.sendFile(file, offset: 2_999_996, count: 10)
    }
  }

  @Test func `only regular files have a status`() throws {
    let folder = try FileDescriptor.open(reading: "/tmp")
    #expect(throws: SocketError.system(call: "fstat", errno: 22)) { try folder.status() }
    #expect(throws: SocketError.system(call: "open", errno: 2)) {
      try FileDescriptor.open(reading: "/nowhere")
    }
  }
}
