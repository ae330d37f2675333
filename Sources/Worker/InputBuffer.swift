import Checkpoints
import Generation
import WorkerProtocol

/// Files that came for the next assignment, put together from their parts.
///
/// Of one attempt only, and no more than a request can name: another attempt's first part drops them.
struct InputBuffer {
  private static let most = 2

  private var attempt: JobAttempt?
  private var files: [String: [UInt8]] = [:]
  private var isBroken = false

  /// Takes a part; one that does not go on where the last ended spoils the file.
  mutating func add(_ chunk: InputChunk, about attempt: JobAttempt) {
    if self.attempt != attempt { self = InputBuffer(attempt: attempt) }
    let known = files[chunk.sha256]
    guard chunk.offset == known?.count ?? 0, known != nil || files.count < Self.most else {
      isBroken = true
      return
    }
    if known == nil { files[chunk.sha256] = [] }
    files[chunk.sha256]?.append(contentsOf: chunk.bytes)
  }

  /// The files an attempt starts from, by hash, and forgets everything; nil when one is not there or is not what
  /// its hash says.
  mutating func take(for attempt: JobAttempt, _ wanted: [PictureReference]) -> [String: [UInt8]]? {
    defer { self = InputBuffer() }
    if wanted.isEmpty { return [:] }
    guard self.attempt == attempt, !isBroken else { return nil }
    for reference in wanted {
      guard let bytes = files[reference.sha256] else { return nil }
      guard FileHash.sha256(bytes) == reference.sha256 else { return nil }
    }
    return files
  }

  init() {}

  private init(attempt: JobAttempt) { self.attempt = attempt }
}
