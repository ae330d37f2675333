public import Generation

/// What a worker says to the server.
///
/// After the handshake: first `resume` if it holds an attempt, then `capabilities`, which opens the
/// session to assignments; then the life of one attempt at a time.
public enum WorkerMessage: Equatable, Sendable {
  /// Answer to the challenge.
  case hello(HandshakeHello)
  /// What it can do; again whenever that changes.
  case capabilities(WorkerCapabilities)
  /// An attempt it still holds; answered by `proceed` or `acknowledge`.
  case resume(HeldAttempt)
  /// Has the assignment.
  case accepted(JobAttempt)
  /// Began it.
  case started(JobAttempt)
  /// How far it is.
  case progress(JobAttempt, GenerationProgress)
  /// A small PNG or JPEG of the picture so far, at most 64 KiB.
  case preview(JobAttempt, [UInt8])
  /// One finished picture; kept by the worker until the attempt is acknowledged.
  case image(JobAttempt, WorkerPicture)
  /// Every picture was sent.
  case completed(JobAttempt, GenerationSummary)
  /// The attempt failed.
  case failed(JobAttempt, WorkerFailure)
  /// The attempt was stopped as asked.
  case cancelled(JobAttempt)
  /// Alive, working on the given attempt; sent each `LinkTimers.heartbeat`.
  case heartbeat(JobAttempt?, WorkerVitals)
  /// Assign nothing more; it will leave when what it holds is settled.
  case drain
  /// Leaves on purpose.
  case goodbye
}

extension WorkerMessage {
  /// The message as a frame.
  ///
  /// - Throws: `ProtocolError.malformedPayload` for a value JSON cannot say (NaN).
  public func frame() throws(ProtocolError) -> Frame {
    switch self {
    case .hello(let hello): Frame(.hello, payload: hello.payload)
    case .capabilities(let value):
      Frame(.capabilities, payload: try JSONPayload.encode(value, for: .capabilities))
    case .resume(let held): Frame(.resume, held.attempt, payload: [held.stage.rawValue])
    case .accepted(let attempt): Frame(.accepted, attempt)
    case .started(let attempt): Frame(.started, attempt)
    case .progress(let attempt, let value):
      Frame(.progress, attempt, payload: try JSONPayload.encode(value, for: .progress))
    case .preview(let attempt, let bytes): Frame(.preview, attempt, payload: bytes)
    case .image(let attempt, let picture): Frame(.image, attempt, payload: picture.payload)
    case .completed(let attempt, let value):
      Frame(.completed, attempt, payload: try JSONPayload.encode(value, for: .completed))
    case .failed(let attempt, let value):
      Frame(.failed, attempt, payload: try JSONPayload.encode(value, for: .failed))
    case .cancelled(let attempt): Frame(.cancelled, attempt)
    case .heartbeat(let attempt, let value):
      Frame(.workerHeartbeat, attempt, payload: try JSONPayload.encode(value, for: .workerHeartbeat))
    case .drain: Frame(.drain)
    case .goodbye: Frame(.workerGoodbye)
    }
  }

  /// Reads a frame.
  ///
  /// - Throws: `ProtocolError` when the payload or the attempt does not suit the type.
  public init(_ frame: Frame) throws(ProtocolError) {
    switch frame.type {
    case .hello: self = .hello(try HandshakeHello(payload: frame.payload))
    case .capabilities: self = .capabilities(try JSONPayload.decode(WorkerCapabilities.self, from: frame))
    case .workerHeartbeat:
      let vitals = try JSONPayload.decode(WorkerVitals.self, from: frame)
      self = .heartbeat(frame.job == 0 ? nil : try frame.namedAttempt(), vitals)
    case .drain: self = try frame.empty(.drain)
    case .workerGoodbye: self = try frame.empty(.goodbye)
    default: self = try Self.aboutAttempt(frame, try frame.namedAttempt())
    }
  }

  private static func aboutAttempt(_ frame: Frame, _ attempt: JobAttempt) throws(ProtocolError) -> Self {
    switch frame.type {
    case .resume:
      guard frame.payload.count == 1, let stage = HeldAttempt.Stage(rawValue: frame.payload[0]) else {
        throw .malformedPayload(type: .resume, expected: "one byte, 0 or 1")
      }
      return .resume(HeldAttempt(attempt, stage))
    case .accepted: return .accepted(try frame.empty(attempt))
    case .started: return .started(try frame.empty(attempt))
    case .progress:
      return .progress(attempt, try JSONPayload.decode(GenerationProgress.self, from: frame))
    case .preview: return .preview(attempt, frame.payload)
    case .image: return .image(attempt, try WorkerPicture(payload: frame.payload))
    case .completed:
      return .completed(attempt, try JSONPayload.decode(GenerationSummary.self, from: frame))
    case .failed: return .failed(attempt, try JSONPayload.decode(WorkerFailure.self, from: frame))
    case .cancelled: return .cancelled(try frame.empty(attempt))
    default: throw .unexpectedType(frame.type.rawValue)
    }
  }
}
