import Sockets
import Testing

@Suite(.timeLimit(.minutes(5))) struct ListenerTests {
  @Test(arguments: ["127.0.0.1", "::1"])
  func `port 0 is answered with the port the system chose`(host: String) async throws {
    let loop = try EventLoop()
    let listener = try await Listener.bind(to: SocketAddress(host: host, port: 0), on: loop)
    #expect(listener.address.port != 0)
    let client = try await Connection.connect(
      to: listener.address, on: loop, deadline: MonotonicInstant.now + .seconds(60))
    let accepted = try await listener.accept()
    #expect(accepted.peer.isLoopback)
    #expect(!accepted.isReserve)
    await client.close()
  }

  @Test func `a port that is taken is an error that says so`() async throws {
    let loop = try EventLoop()
    let listener = try await Listener.bind(to: .loopback(port: 0), on: loop)
    await #expect(throws: SocketError.system(call: "listen", errno: 98)) {
      _ = try await Listener.bind(to: listener.address, on: loop)
    }
  }

  @Test func `close ends a waiting accept`() async throws {
    let listener = try await Listener.bind(to: .loopback(port: 0), on: try EventLoop())
    let waiting = Task { try await listener.accept() }
    await listener.close()
    await #expect(throws: SocketError.closed) { _ = try await waiting.value }
  }

  @Test func `callers that wait are accepted together, up to a number`() async throws {
    let loop = try EventLoop()
    let listener = try await Listener.bind(to: .loopback(port: 0), on: loop)
    let callers = try await Self.connect(3, to: listener.address, on: loop)
    #expect(try await listener.accept(atMost: 2).count == 2)
    #expect(try await listener.accept(atMost: 5).count == 1)
    #expect(callers.count == 3)
    let waiting = Task { try await listener.accept(atMost: 5).count }
    let late = try await Self.connect(1, to: listener.address, on: loop)
    #expect(try await waiting.value == late.count)
    await listener.close()
  }

  @Test func `without free descriptors callers are accepted in the reserve and told so`() async {
    await #expect(processExitsWith: .success) {
      let loop = try EventLoop()
      let listener = try await Listener.bind(to: .loopback(port: 0), on: loop)
      let callers = try await Self.connect(3, to: listener.address, on: loop)
      // No descriptor is left but the listener's spare one.
      var fill: [FileDescriptor] = []
      try DescriptorLimit.set(64)
      while let file = try? FileDescriptor.open(reading: "/dev/null") { fill.append(file) }
      for _ in callers {
        let accepted = try await listener.accept()
        try #require(accepted.isReserve)
        accepted.refuse(Array("full".utf8))
      }
      for caller in callers {
        let word = try await caller.read(until: MonotonicInstant.now + .seconds(60))
        try #require(word == Array("full".utf8))
      }
      fill = []
      _ = try await Self.connect(1, to: listener.address, on: loop)
      try #require(try await listener.accept().isReserve == false)
    }
  }

  private static func connect(_ count: Int, to address: SocketAddress, on loop: EventLoop) async throws
    -> [Connection]
  {
    var connections: [Connection] = []
    for _ in 0..<count {
      connections.append(
        try await Connection.connect(to: address, on: loop, deadline: MonotonicInstant.now + .seconds(60)))
    }
    return connections
  }
}
