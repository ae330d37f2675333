public import Generation

/// The worker's half of the handshake, as a value: the caller sends, reads and keeps the deadline.
public struct WorkerHandshake: Sendable {
  /// What to do next.
  public enum Action: Equatable, Sendable {
    /// Send this and wait for the answer.
    case send(WorkerMessage)
    /// The server knows the secret too; the session begins.
    case established
    /// Close.
    case refuse(ProtocolError)
  }

  private enum State: Sendable {
    case awaitingChallenge
    case awaitingWelcome(serverNonce: [UInt8])
    case over
  }

  private let worker: WorkerID
  private let secret: SharedSecret
  private let nonce: [UInt8]
  private var state = State.awaitingChallenge

  /// Begins a handshake with a fresh nonce of 32 random bytes.
  public init(worker: WorkerID, secret: SharedSecret, nonce: [UInt8] = Handshake.randomNonce()) {
    self.worker = worker
    self.secret = secret
    self.nonce = nonce
  }

  /// Judges what the server said.
  public mutating func receive(_ message: ServerMessage) -> Action {
    switch (state, message) {
    case (.awaitingChallenge, .challenge(let version, let serverNonce)):
      guard version == Handshake.version else {
        return refuse(.versionMismatch(expected: Handshake.version, found: version))
      }
      state = .awaitingWelcome(serverNonce: serverNonce)
      return .send(.hello(hello(serverNonce: serverNonce)))
    case (.awaitingWelcome(let serverNonce), .welcome(let proof)):
      let expected = Handshake.serverMessage(workerNonce: nonce, serverNonce: serverNonce)
      guard secret.isValid(proof, for: expected) else { return refuse(.handshakeRefused) }
      state = .over
      return .established
    default:
      return refuse(.handshakeRefused)
    }
  }

  private func hello(serverNonce: [UInt8]) -> HandshakeHello {
    var hello = HandshakeHello(version: Handshake.version, worker: worker, nonce: nonce, proof: [])
    hello.proof = secret.proof(for: Handshake.workerMessage(hello, serverNonce: serverNonce))
    return hello
  }

  private mutating func refuse(_ error: ProtocolError) -> Action {
    state = .over
    return .refuse(error)
  }
}
