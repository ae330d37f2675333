public import Generation

/// One unit of the worker link.
///
/// On the wire, all numbers big-endian:
/// `u32 length | u8 type | u64 job | u32 attempt | payload | u32 crc32c`.
/// `length` counts every byte after itself; the checksum covers every byte before itself, the length too.
public struct Frame: Equatable, Sendable {
  /// What it carries.
  public var type: FrameType
  /// The job's number; 0 when the frame is about no job.
  public var job: UInt64
  /// The attempt's number; 0 when the frame is about no job.
  public var attempt: UInt32
  /// What its type says; see `ServerMessage` and `WorkerMessage`.
  public var payload: [UInt8]

  /// Bytes after the length in a frame without payload: type, job, attempt, checksum.
  static let minimumLength = 1 + 8 + 4 + 4
  /// Bytes of the length itself.
  static let lengthBytes = 4

  /// Makes a frame about one attempt, or about none.
  public init(_ type: FrameType, _ attempt: JobAttempt? = nil, payload: [UInt8] = []) {
    self.type = type
    self.job = attempt?.job ?? 0
    self.attempt = attempt?.attempt ?? 0
    self.payload = payload
  }

  /// The attempt it speaks about; nil when it names none.
  public var jobAttempt: JobAttempt? {
    job == 0 ? nil : JobAttempt(job: job, attempt: attempt)
  }
}
