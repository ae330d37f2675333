public import Generation

/// What the server says to a worker.
public enum ServerMessage: Equatable, Sendable {
  /// The first bytes of a link: protocol version and nonce S (32 bytes).
  case challenge(version: UInt16, nonce: [UInt8])
  /// HMAC-SHA256(key, "s" | W | S): the server knows the secret too.
  case welcome(proof: [UInt8])
  /// A part of a file that the assignment of this attempt, which follows, starts from.
  case input(JobAttempt, InputChunk)
  /// Run this request; the worker answers `accepted`.
  case assign(JobAttempt, GenerationRequest)
  /// Stop this attempt; the worker answers `cancelled`, or `completed` if it was done already.
  case cancel(JobAttempt)
  /// Answer to `resume`: go on; send the pictures and the end (again).
  case proceed(JobAttempt)
  /// The attempt is settled, its result kept (or, when `accepted` is false, not wanted): forget it.
  case acknowledge(JobAttempt, accepted: Bool)
  /// Alive; sent each `LinkTimers.heartbeat`.
  case heartbeat
  /// The server stops; keep what you hold and connect again.
  case goodbye
}

extension ServerMessage {
  /// The message as a frame.
  ///
  /// - Throws: `ProtocolError.malformedPayload` for a value JSON cannot say (NaN).
  public func frame() throws(ProtocolError) -> Frame {
    switch self {
    case .challenge(let version, let nonce):
      var writer = ByteWriter()
      writer.write(version)
      writer.write(nonce)
      return Frame(.challenge, payload: writer.bytes)
    case .welcome(let proof): return Frame(.welcome, payload: proof)
    case .input(let attempt, let chunk): return Frame(.input, attempt, payload: chunk.payload)
    case .assign(let attempt, let request):
      return Frame(.assign, attempt, payload: try JSONPayload.encode(request, for: .assign))
    case .cancel(let attempt): return Frame(.cancel, attempt)
    case .proceed(let attempt): return Frame(.proceed, attempt)
    case .acknowledge(let attempt, let accepted):
      return Frame(.acknowledge, attempt, payload: [accepted ? 1 : 0])
    case .heartbeat: return Frame(.serverHeartbeat)
    case .goodbye: return Frame(.serverGoodbye)
    }
  }

  /// Reads a frame.
  ///
  /// - Throws: `ProtocolError` when the payload or the attempt does not suit the type.
  public init(_ frame: Frame) throws(ProtocolError) {
    switch frame.type {
    case .challenge: self = try Self.challenge(frame)
    case .welcome:
      guard frame.payload.count == 32 else {
        throw .malformedPayload(type: .welcome, expected: "32 bytes of proof")
      }
      self = .welcome(proof: frame.payload)
    case .input: self = .input(try frame.namedAttempt(), try InputChunk(payload: frame.payload))
    case .assign:
      self = .assign(try frame.namedAttempt(), try JSONPayload.decode(GenerationRequest.self, from: frame))
    case .cancel: self = .cancel(try frame.namedAttemptOnly())
    case .proceed: self = .proceed(try frame.namedAttemptOnly())
    case .acknowledge:
      let attempt = try frame.namedAttempt()
      switch frame.payload {
      case [0]: self = .acknowledge(attempt, accepted: false)
      case [1]: self = .acknowledge(attempt, accepted: true)
      default: throw .malformedPayload(type: .acknowledge, expected: "one byte, 0 or 1")
      }
    case .serverHeartbeat: self = try frame.empty(.heartbeat)
    case .serverGoodbye: self = try frame.empty(.goodbye)
    default: throw .unexpectedType(frame.type.rawValue)
    }
  }

  private static func challenge(_ frame: Frame) throws(ProtocolError) -> Self {
    var reader = ByteReader(frame.payload)
    // Later versions may append; an older worker must still be able to read the version and say so.
    guard let version = reader.read(UInt16.self), let nonce = reader.read(count: 32) else {
      throw .malformedPayload(type: .challenge, expected: "a version and a nonce of 32 bytes")
    }
    return .challenge(version: version, nonce: nonce)
  }
}
