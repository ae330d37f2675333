import HTTPTypes

@testable import HTTP

/// What a parser says about a stream, in a form that can be compared.
struct ParsedStream: Equatable, CustomStringConvertible {
  struct Parsed: Equatable {
    var head: String
    var body: [UInt8] = []
    var isWhole = false
  }

  var requests: [Parsed] = []
  var error: HTTPParseError?

  /// Feeds `bytes` in pieces that end at `cuts`.
  init(_ bytes: [UInt8], cuts: [Int], limits: HTTPLimits = HTTPLimits()) {
    var parser = HTTPRequestParser(limits: limits)
    var start = 0
    for cut in cuts + [bytes.count] {
      parser.append(Array(bytes[start..<cut]))
      start = cut
      do throws(HTTPParseError) {
        while let event = try parser.next() { take(event) }
      } catch {
        self.error = error
        return
      }
    }
  }

  /// Feeds the stream at once.
  static func whole(_ bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) -> ParsedStream {
    ParsedStream(bytes, cuts: [], limits: limits)
  }

  /// Feeds the stream byte by byte.
  static func bytewise(_ bytes: [UInt8], limits: HTTPLimits = HTTPLimits()) -> ParsedStream {
    ParsedStream(bytes, cuts: Array(0..<bytes.count), limits: limits)
  }

  private mutating func take(_ event: HTTPRequestParser.Event) {
    switch event {
    case .head(let head):
      let fields = head.headers.map { "\($0.name.rawName)=\($0.value)" }.joined(separator: "|")
      let path = head.path
      let authority = head.authority
      requests.append(
        Parsed(
          head: "\(head.method) \(authority) \(path) \(head.target.segments) \(head.version) \(head.framing) "
            + "\(head.keepAlive) \(head.expectsContinue) \(fields)"))
    case .body(let bytes): requests[requests.count - 1].body += bytes
    case .end: requests[requests.count - 1].isWhole = true
    }
  }

  var description: String {
    requests.map { "\($0.head) [\($0.body.count)\($0.isWhole ? "" : " cut")]" }.joined(separator: "; ")
      + (error.map { " error: \($0)" } ?? "")
  }
}

/// A generator with a seed, so that a failing mutation can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
