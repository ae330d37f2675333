public import Generation

/// The server's half of the handshake, as a value: the caller sends, reads and keeps the deadline.
public struct ServerHandshake: Sendable {
  /// What to do next.
  public enum Action: Equatable, Sendable {
    /// Send this; the worker is who it says.
    case welcome(ServerMessage, WorkerID)
    /// Close, after the delay that every refusal has.
    case refuse(ProtocolError)
  }

  private let secret: SharedSecret
  private let nonce: [UInt8]
  private var isOver = false

  /// Begins a handshake with a fresh nonce of 32 random bytes.
  public init(secret: SharedSecret, nonce: [UInt8] = Handshake.randomNonce()) {
    self.secret = secret
    self.nonce = nonce
  }

  /// What the server says first.
  public var challenge: ServerMessage { .challenge(version: Handshake.version, nonce: nonce) }

  /// Judges the worker's answer; one answer only.
  public mutating func receive(_ message: WorkerMessage) -> Action {
    guard !isOver, case .hello(let hello) = message else {
      isOver = true
      return .refuse(.handshakeRefused)
    }
    isOver = true
    let expected = Handshake.workerMessage(hello, serverNonce: nonce)
    guard secret.isValid(hello.proof, for: expected) else { return .refuse(.handshakeRefused) }
    guard hello.version == Handshake.version else {
      return .refuse(.versionMismatch(expected: Handshake.version, found: hello.version))
    }
    let proof = secret.proof(
      for: Handshake.serverMessage(workerNonce: hello.nonce, serverNonce: nonce))
    return .welcome(.welcome(proof: proof), hello.worker)
  }
}
