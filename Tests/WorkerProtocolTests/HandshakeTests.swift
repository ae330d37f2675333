import Generation
import Testing

@testable import WorkerProtocol

@Suite struct HandshakeTests {
  private let secret = SharedSecret.random()
  private let worker = WorkerID("worker-1")

  private func hello(_ handshake: inout WorkerHandshake, to challenge: ServerMessage) throws -> WorkerMessage
  {
    guard case .send(let message) = handshake.receive(challenge) else {
      throw ProtocolError.handshakeRefused
    }
    return message
  }

  @Test func `both sides agree when both know the secret`() throws {
    var server = ServerHandshake(secret: secret)
    var client = WorkerHandshake(worker: worker, secret: secret)
    let answer = server.receive(try hello(&client, to: server.challenge))
    guard case .welcome(let welcome, let name) = answer else {
      Issue.record("refused: \(answer)")
      return
    }
    #expect(name == worker)
    #expect(client.receive(welcome) == .established)
  }

  @Test func `a worker with another secret is refused`() throws {
    var server = ServerHandshake(secret: secret)
    var client = WorkerHandshake(worker: worker, secret: .random())
    #expect(server.receive(try hello(&client, to: server.challenge)) == .refuse(.handshakeRefused))
  }

  @Test func `a server with another secret is refused`() throws {
    var server = ServerHandshake(secret: secret)
    var client = WorkerHandshake(worker: worker, secret: secret)
    _ = try hello(&client, to: server.challenge)
    let proof = [UInt8](repeating: 3, count: 32)
    #expect(client.receive(.welcome(proof: proof)) == .refuse(.handshakeRefused))
    server = ServerHandshake(secret: secret)
  }

  @Test func `an answer recorded from an earlier link is refused`() throws {
    let old = ServerHandshake(secret: secret)
    var client = WorkerHandshake(worker: worker, secret: secret)
    let recorded = try hello(&client, to: old.challenge)
    var server = ServerHandshake(secret: secret)
    #expect(server.receive(recorded) == .refuse(.handshakeRefused))
  }

  @Test func `a welcome recorded from an earlier link is refused`() throws {
    let nonce = [UInt8](repeating: 5, count: 32)
    var server = ServerHandshake(secret: secret, nonce: nonce)
    var first = WorkerHandshake(worker: worker, secret: secret)
    guard case .welcome(let recorded, _) = server.receive(try hello(&first, to: server.challenge)) else {
      Issue.record("refused")
      return
    }
    var second = WorkerHandshake(worker: worker, secret: secret)
    _ = try hello(&second, to: .challenge(version: 1, nonce: nonce))
    #expect(second.receive(recorded) == .refuse(.handshakeRefused))
  }

  @Test func `a worker's own proof sent back to it is refused`() throws {
    let server = ServerHandshake(secret: secret)
    var client = WorkerHandshake(worker: worker, secret: secret)
    guard case .hello(let message) = try hello(&client, to: server.challenge) else { return }
    #expect(client.receive(.welcome(proof: message.proof)) == .refuse(.handshakeRefused))
  }

  @Test func `a changed name is refused`() throws {
    var server = ServerHandshake(secret: secret)
    var client = WorkerHandshake(worker: worker, secret: secret)
    guard case .hello(var message) = try hello(&client, to: server.challenge) else { return }
    message.worker = WorkerID("worker-2")
    #expect(server.receive(.hello(message)) == .refuse(.handshakeRefused))
  }

  @Test func `a second hello on one link is refused`() throws {
    var server = ServerHandshake(secret: secret)
    var client = WorkerHandshake(worker: worker, secret: secret)
    let message = try hello(&client, to: server.challenge)
    _ = server.receive(message)
    #expect(server.receive(message) == .refuse(.handshakeRefused))
  }

  @Test func `a worker tells its user about another version`() {
    var client = WorkerHandshake(worker: worker, secret: secret)
    #expect(
      client.receive(.challenge(version: 9, nonce: [UInt8](repeating: 0, count: 32)))
        == .refuse(.versionMismatch(expected: 1, found: 9)))
  }

  @Test(arguments: [ServerMessage.welcome(proof: [UInt8](repeating: 0, count: 32)), .heartbeat, .goodbye])
  func `anything before the challenge is refused`(message: ServerMessage) {
    var client = WorkerHandshake(worker: worker, secret: secret)
    #expect(client.receive(message) == .refuse(.handshakeRefused))
  }
}
