/// What a frame carries; the high bit says that the worker sends it.
public enum FrameType: UInt8, Sendable, CaseIterable {
  /// Server: protocol version and nonce S.
  case challenge = 0x01
  /// Server: proof that it knows the secret too.
  case welcome = 0x02
  /// Server: run this request.
  case assign = 0x03
  /// Server: stop this attempt.
  case cancel = 0x04
  /// Server: go on with an attempt held across a reconnect.
  case proceed = 0x05
  /// Server: the attempt is settled; forget it.
  case acknowledge = 0x06
  /// Server: alive.
  case serverHeartbeat = 0x07
  /// Server: leaves on purpose; come back later.
  case serverGoodbye = 0x08
  /// Server: a part of a picture that the next assignment starts from.
  case input = 0x09

  /// Worker: identity, nonce W and proof.
  case hello = 0x81
  /// Worker: what it can do.
  case capabilities = 0x82
  /// Worker: an attempt it still holds after a reconnect.
  case resume = 0x83
  /// Worker: has the assignment.
  case accepted = 0x84
  /// Worker: began it.
  case started = 0x85
  /// Worker: how far it is.
  case progress = 0x86
  /// Worker: a small picture of the latents.
  case preview = 0x87
  /// Worker: one finished picture.
  case image = 0x88
  /// Worker: every picture was sent.
  case completed = 0x89
  /// Worker: the attempt failed.
  case failed = 0x8A
  /// Worker: the attempt was cancelled as asked.
  case cancelled = 0x8B
  /// Worker: alive, with its counters.
  case workerHeartbeat = 0x8C
  /// Worker: assign nothing more.
  case drain = 0x8D
  /// Worker: leaves on purpose.
  case workerGoodbye = 0x8E

  /// Most bytes of payload.
  ///
  /// Pictures get 64 MiB on their way to the server; those it sends come in parts of 1 MiB. Capabilities get 1 MiB, since a worker may list hundreds of models. The handshake's
  /// get what they need, for they come from strangers. Everything else gets 64 KiB.
  public var payloadLimit: Int {
    switch self {
    case .challenge, .hello, .welcome: 256
    case .capabilities: 1 << 20
    case .image: 64 << 20
    case .input: InputChunk.most + 128
    default: 64 << 10
    }
  }

  /// Whether the worker sends it.
  public var isFromWorker: Bool { rawValue & 0x80 != 0 }

  /// Whether it speaks about one attempt and so must name it.
  var namesAttempt: Bool {
    switch self {
    case .input, .assign, .cancel, .proceed, .acknowledge, .resume, .accepted, .started, .progress, .preview,
      .image,
      .completed, .failed, .cancelled:
      true
    default: false
    }
  }
}
