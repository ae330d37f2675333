/// One attempt at a download: asks for what is missing, writes what comes, checks the whole.
final class DownloadAttempt: ResponseSink {
  private let download: FileDownload
  private let part: PartFile
  private let progress: (Int, Int?) -> Void
  private var size: Int?
  private var expected: FileDigest?
  private var running: RunningDigest
  private var isWhole = false
  /// Whether the beginning is an earlier attempt's.
  private var isResumed = false
  /// The size said by whoever knows the file, not by who sends it.
  private var known: Int?

  init(_ download: FileDownload, _ part: PartFile, _ progress: @escaping (Int, Int?) -> Void) {
    self.download = download
    self.part = part
    self.progress = progress
    (size, known) = (download.size, download.size)
    expected = download.digest
    running = RunningDigest(size: download.size ?? 0)
  }

  private var host: String { download.address.origin.host }

  /// Returns when the file is there, whole and checked.
  func run(_ session: HubSession) throws(HubError) {
    let headers = try resumption()
    try session.get(download.address, headers: headers, into: self)
    guard isWhole || size == nil || part.count == size else {
      throw .cut(file: download.label, expected: size ?? 0, found: part.count)
    }
    try check()
    try part.finish()
  }

  /// Headers that ask for the rest of what is there, if what is there can be trusted: the same address, and an
  /// entity tag that must still hold or a digest that shows a mixture.
  private func resumption() throws(HubError) -> [String] {
    guard part.count > 0, let origin = part.origin, origin.address == download.address.text,
      origin.tag != nil || download.digest != nil
    else { return [] }
    size = size ?? origin.size
    if let size, part.count > size { return [] }
    running = RunningDigest(size: download.size ?? 0)
    try unsafe part.read { bytes in unsafe running.update(bytes) }
    progress(part.count, size)
    isResumed = true
    return ["Range: bytes=\(part.count)-"] + (origin.tag.map { ["If-Range: \($0)"] } ?? [])
  }

  func redirected(_ head: ResponseHead) {
    // What the hub says about a file before it sends elsewhere.
    if expected == nil, let tag = head["x-linked-etag"]?.filter({ $0 != "\"" }) {
      expected = FileDigest(hexadecimal: tag).flatMap { if case .sha256 = $0 { $0 } else { nil } }
    }
    if known == nil {
      known = head["x-linked-size"].flatMap { Int($0) }.flatMap { (0...1 << 44).contains($0) ? $0 : nil }
    }
    size = known ?? size
  }

  func begin(_ head: ResponseHead) throws(HubError) {
    switch head.status {
    case 200: try beginAnew(head)
    case 206: try goOn(head)
    case 416 where part.count > 0 && part.count == size: isWhole = true
    case 416: throw try startOver()
    default: throw .status(host: host, code: head.status)
    }
  }

  /// What is there is no beginning of what the host has: the next attempt begins at nothing.
  private func startOver() throws(HubError) -> HubError {
    defer { size = known }
    try part.forget()
    return .cut(file: download.label, expected: size ?? 0, found: 0)
  }

  private func beginAnew(_ head: ResponseHead) throws(HubError) {
    isResumed = false
    if let length = head.length, let known, known != length {
      throw .wrongSize(file: download.label, expected: known, found: length)
    }
    size = head.length ?? known
    try part.begin(PartFile.Origin(address: download.address.text, tag: head.strongTag, size: size))
    running = RunningDigest(size: download.size ?? 0)
    try checkSpace()
  }

  private func goOn(_ head: ResponseHead) throws(HubError) {
    guard let range = head.range, range.first == part.count else { throw try startOver() }
    if let known, known != range.total {
      throw .wrongSize(file: download.label, expected: known, found: range.total)
    }
    size = range.total
    try checkSpace()
  }

  private func checkSpace() throws(HubError) {
    guard let size, let available = part.available else { return }
    let needed = size - part.count + FileDownload.reserve
    guard needed <= available else { throw .noSpace(needed: needed, available: available) }
  }

  func take(_ bytes: UnsafeRawBufferPointer) throws(HubError) {
    guard !isWhole else { return }
    if let size, bytes.count > size - part.count { throw .tooLarge(file: download.label, limit: size) }
    // Of an unknown size only what leaves the disk its reserve.
    if size == nil, part.count >> 24 != (part.count + bytes.count) >> 24, let available = part.available,
      available < FileDownload.reserve
    {
      throw .noSpace(needed: FileDownload.reserve, available: available)
    }
    try unsafe part.append(bytes)
    unsafe running.update(bytes)
    progress(part.count, size)
  }

  private func check() throws(HubError) {
    guard let expected else { return }
    if case .gitBlob = expected, download.size == nil { return }
    let found = running.text(as: expected)
    guard found == expected.text else {
      if isResumed { throw try startOver() }
      part.discard()
      throw .wrongHash(file: download.label, expected: expected.text, found: found)
    }
  }
}
