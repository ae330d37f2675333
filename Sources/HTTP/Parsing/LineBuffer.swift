/// Bytes that were received and not yet parsed.
///
/// A search for the end of a line goes on where the last one stopped, so a stream that arrives byte by byte
/// costs no more than one that arrives whole.
struct LineBuffer {
  private var bytes: [UInt8] = []
  private var start = 0
  private var searched = 0

  var count: Int { bytes.count - start }
  var isEmpty: Bool { count == 0 }
  var first: UInt8? { isEmpty ? nil : bytes[start] }

  mutating func append(_ more: [UInt8]) {
    if start == bytes.count {
      bytes = more
      start = 0
      searched = 0
    } else {
      if start > 16 * 1024 {
        bytes.removeFirst(start)
        searched -= start
        start = 0
      }
      bytes.append(contentsOf: more)
    }
  }

  /// Takes a line without its CRLF; `nil` when its end has not come yet.
  ///
  /// Throws `tooLong` as soon as the line is known to exceed `limit` bytes, and `.bareLineEnding`.
  mutating func takeLine(limit: Int, tooLong: HTTPParseError) throws(HTTPParseError) -> ArraySlice<UInt8>? {
    guard let end = bytes[max(searched, start)...].firstIndex(of: 0x0A) else {
      searched = bytes.count
      if count > limit + 1 { throw tooLong }
      return nil
    }
    if end - start > limit + 1 { throw tooLong }
    guard end > start, bytes[end - 1] == 0x0D else { throw .bareLineEnding }
    let line = bytes[start..<(end - 1)]
    if line.contains(0x0D) { throw .bareLineEnding }
    start = end + 1
    searched = start
    return line
  }

  /// Takes at most `max` bytes of what is there.
  mutating func take(max: Int) -> [UInt8] {
    let end = start + min(max, count)
    let taken = start == 0 && end == bytes.count ? bytes : Array(bytes[start..<end])
    start = end
    searched = max == 0 ? searched : start
    if start == bytes.count {
      bytes = []
      start = 0
      searched = 0
    }
    return taken
  }
}
