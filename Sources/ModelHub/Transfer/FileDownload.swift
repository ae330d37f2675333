import FoundationEssentials

/// One file from one address to one place: resumed, checked, whole or not there.
public struct FileDownload: Sendable {
  /// Where it comes from.
  public let address: WebAddress
  /// Where it goes: an absolute path in a folder that exists.
  public let target: String
  /// What it is called in messages.
  public let label: String
  /// Its size in bytes, if that is known before.
  public var size: Int?
  /// What its content must be, if that is known before.
  public var digest: FileDigest?

  /// Left free on the disk.
  static let reserve = 256 << 20
  /// Attempts that bring nothing before it gives up.
  private static let attempts = 5

  /// A download of which nothing is known before.
  public init(_ address: WebAddress, to target: String, label: String) {
    self.address = address
    self.target = target
    self.label = label
  }

  /// Fetches the file; goes on with what an earlier attempt left.
  /// - Parameter progress: Called with the bytes there are and the size, if it is known.
  public func run(
    _ session: HubSession, progress: @escaping (_ done: Int, _ total: Int?) -> Void
  ) throws(HubError) {
    let part = try PartFile(target: target, label: label)
    var failures = 0
    while true {
      let before = part.count
      do throws(HubError) {
        try DownloadAttempt(self, part, progress).run(session)
        return
      } catch {
        failures = part.count > before ? 1 : failures + 1
        guard error.isTemporary, failures < Self.attempts else {
          // Nothing is no beginning.
          if part.count == 0 { part.discard() }
          throw error
        }
        try wait(session, tenths: 5 << (failures - 1))
      }
    }
  }

  private func wait(_ session: HubSession, tenths: Int) throws(HubError) {
    for _ in 0..<tenths {
      guard !session.isInterrupted() else { throw .interrupted }
      Thread.sleep(tenths: 1)
    }
  }
}
