import Generation
import Sockets
import Testing
import WorkerProtocol

@testable import Server

/// A worker that says and does what a test tells it to.
actor MockWorker {
  enum Failure: Error {
    case unexpected(String)
  }

  static let capabilities = WorkerCapabilities(
    version: "0.1.0", device: "mock", backend: "mock",
    models: [
      ModelDescription(
        name: "demo", family: "sd1", sha256: nil, bytes: 1, precision: "float32",
        defaults: ModelDefaults(width: 64, height: 32))
    ],
    samplers: [SamplerDescription(name: "Euler")], schedules: [SamplerDescription(name: "automatic")])

  let name: WorkerID
  let connection: Connection
  private var decoder = FrameDecoder(side: .worker)

  init(_ name: String, _ fixture: LinkFixture) async throws {
    try await self.init(name, to: fixture.listener.address)
  }

  init(_ name: String, to address: SocketAddress) async throws {
    self.name = WorkerID(name)
    connection = try await Connection.connect(
      to: address, on: try LinkFixture.loop.get(), deadline: .now + .seconds(60))
  }

  func shakeHands(_ secret: SharedSecret) async throws {
    var handshake = WorkerHandshake(worker: name, secret: secret)
    while true {
      guard let message = try await next() else { throw Failure.unexpected("closed in the handshake") }
      switch handshake.receive(message) {
      case .send(let answer): try await send(answer)
      case .established:
        decoder.expectation = .session
        return
      case .refuse(let error): throw error
      }
    }
  }

  func send(_ message: WorkerMessage) async throws {
    try await connection.write(FrameEncoder.encode(try message.frame()))
  }

  func sendBytes(_ bytes: [UInt8]) async throws { try await connection.write(bytes) }

  /// The next message but heartbeats; nil when the server closed the link.
  func receive(until deadline: MonotonicInstant = .now + .seconds(60)) async throws -> ServerMessage? {
    while true {
      let message = try await next(until: deadline)
      if message != .heartbeat { return message }
    }
  }

  private func next(until deadline: MonotonicInstant = .now + .seconds(60)) async throws -> ServerMessage? {
    while true {
      if let frame = try decoder.next() { return try ServerMessage(frame) }
      let bytes: [UInt8]
      do throws(SocketError) {
        bytes = try await connection.read(until: deadline)
      } catch {
        if error.isDisconnect { return nil }
        throw error
      }
      if bytes.isEmpty { return nil }
      decoder.append(bytes)
    }
  }

  /// Waits for a job.
  func assignment() async throws -> (attempt: JobAttempt, request: GenerationRequest) {
    let message = try await receive()
    guard case .assign(let attempt, let request) = message else {
      throw Failure.unexpected("expected assign; got \(String(describing: message))")
    }
    return (attempt, request)
  }

  /// Makes everything a job asks for, and waits for the acknowledgement.
  func complete(_ attempt: JobAttempt, _ request: GenerationRequest) async throws {
    try await send(.accepted(attempt))
    try await send(.started(attempt))
    for index in 0..<request.batchCount { try await send(.image(attempt, Self.picture(index, request))) }
    try await send(.completed(attempt, Self.summary(request)))
    let answer = try await receive()
    guard answer == .acknowledge(attempt, accepted: true) else {
      throw Failure.unexpected("expected acknowledge; got \(String(describing: answer))")
    }
  }

  /// Dies as a killed process does.
  func die() async { await connection.abort() }

  static func summary(_ request: GenerationRequest) -> GenerationSummary {
    GenerationSummary(images: request.batchCount, denoise: 2, decode: 0.5, evaluations: 4)
  }

  static func picture(_ index: Int, _ request: GenerationRequest) -> WorkerPicture {
    let seed = request.seed + Int64(index)
    return WorkerPicture(
      index: index, seed: seed, width: request.width, height: request.height,
      png: png(request.width, request.height, Array("\(request.prompt) \(seed)".utf8)),
      thumbnail: png(16, 8, [1]))
  }

  /// A PNG in structure; its pixels are any bytes.
  static func png(_ width: Int, _ height: Int, _ data: [UInt8]) -> [UInt8] {
    let header = number(width) + number(height) + [8, 2, 0, 0, 0]
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + chunk("IHDR", header) + chunk("IDAT", data)
      + chunk("IEND", [])
  }

  static func chunk(_ type: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + data
    return number(data.count) + body + number(Int(CRC32.png.checksum(body[...])))
  }

  private static func number(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }
}
