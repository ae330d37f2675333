internal import Glibc
internal import Synchronization

/// The places, above all between "a picture was received" and "its owner was told", where a test ends the server
/// at once, as a kill does.
///
/// Debug builds read `ATELIER_FAILPOINT` (`file-renamed`, or `file-renamed:2` for the second time it is
/// reached); release builds know no failpoint at all.
public enum Failpoint: String, Sendable, CaseIterable {
  /// A job was leased and its worker not told.
  case jobTaken = "job-taken"
  /// A whole picture came and is the one asked for.
  case pictureReceived = "picture-received"
  /// Its bytes are synced under a temporary name.
  case fileSynced = "file-synced"
  /// It has its name, and the folder is not synced.
  case fileRenamed = "file-renamed"
  /// It survives a loss of power.
  case fileDurable = "file-durable"
  /// The small version does, too.
  case thumbnailDurable = "thumbnail-durable"
  /// Its row and event are written, not committed.
  case imageWritten = "image-written"
  /// They are committed, nobody was told.
  case imageCommitted = "image-committed"
  /// The job's end and its event are written, not committed.
  case endWritten = "end-written"
  /// They are committed, nobody was told.
  case endCommitted = "end-committed"
  /// The worker was told that its result is kept.
  case acknowledged = "acknowledged"
  /// An event was read for a client and not sent.
  case eventUnsent = "event-unsent"

  /// Ends the process here, if this build has failpoints and the environment names this one.
  public func reach() {
    #if DEBUG
      guard let armed = Self.armed, armed.point == self else { return }
      let count = Self.count.add(1, ordering: .relaxed).newValue
      if count >= armed.time { kill(getpid(), SIGKILL) }
    #endif
  }

  #if DEBUG
    private static let count = Atomic<Int>(0)

    private static let armed: (point: Failpoint, time: Int)? = {
      guard let value = getenv("ATELIER_FAILPOINT") else { return nil }
      let parts = String(cString: value).split(separator: ":")
      guard let name = parts.first, let point = Failpoint(rawValue: String(name)) else {
        preconditionFailure("ATELIER_FAILPOINT names no failpoint")
      }
      return (point, parts.count > 1 ? Int(parts[1]) ?? 1 : 1)
    }()
  #endif
}
