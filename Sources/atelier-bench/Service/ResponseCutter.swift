/// Finds the ends of HTTP responses in a stream, and no more than that.
struct ResponseCutter {
  private var head: [UInt8] = []
  private var bodyLeft: Int?
  /// The status of the last whole response.
  private(set) var status = 0
  /// The server will close the connection.
  private(set) var closes = false

  /// Takes received bytes; whether a response became whole.
  ///
  /// At most one is under way, as requests are not pipelined.
  mutating func take(_ bytes: UnsafeRawBufferPointer) throws(BenchError) -> Bool {
    var bytes = bytes[...]
    if bodyLeft == nil {
      head.append(contentsOf: bytes)
      guard let end = endOfHead() else { return false }
      try parse(head[..<end])
      bytes = bytes.suffix(head.count - end)
      head.removeAll(keepingCapacity: true)
    }
    bodyLeft = (bodyLeft ?? 0) - bytes.count
    guard bodyLeft == 0 else {
      if (bodyLeft ?? 0) < 0 { throw .unexpected("more bytes than Content-Length said") }
      return false
    }
    bodyLeft = nil
    return true
  }

  private func endOfHead() -> Int? {
    guard head.count >= 4 else { return nil }
    for index in 3..<head.count where head[index] == 0x0A {
      if head[index - 1] == 0x0D, head[index - 2] == 0x0A { return index + 1 }
    }
    return nil
  }

  private mutating func parse(_ bytes: ArraySlice<UInt8>) throws(BenchError) {
    guard bytes.starts(with: "HTTP/1.1 ".utf8), bytes.count > 12 else {
      throw .unexpected(
        "expected an HTTP response; found \(String(decoding: bytes.prefix(40), as: UTF8.self))")
    }
    status = bytes[9..<12].reduce(0) { $0 * 10 + Int($1) - 0x30 }
    closes = false
    var length = 0
    for index in bytes.indices.dropLast() where bytes[index] == 0x0A {
      let line = bytes[(index + 1)...]
      if Self.begins(line, with: Self.contentLength) {
        for digit in line.dropFirst(Self.contentLength.count) {
          guard (0x30...0x39).contains(digit) else { break }
          length = length * 10 + Int(digit) - 0x30
        }
      } else if Self.begins(line, with: Self.connectionClose) {
        closes = true
      }
    }
    bodyLeft = length
  }

  private static let contentLength = Array("content-length: ".utf8)
  private static let connectionClose = Array("connection: close".utf8)

  /// Without regard to case, which in ASCII is one bit.
  private static func begins(_ line: ArraySlice<UInt8>, with name: [UInt8]) -> Bool {
    guard line.count >= name.count else { return false }
    for index in name.indices where line[line.startIndex + index] | 0x20 != name[index] | 0x20 {
      return false
    }
    return true
  }
}
