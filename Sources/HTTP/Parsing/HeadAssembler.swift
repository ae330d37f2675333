internal import HTTPTypes

/// Makes a request head of a request line and headers, checking what they say together.
enum HeadAssembler {
  static func head(_ line: RequestLine, _ headers: HTTPFields) throws(HTTPParseError) -> RequestHead {
    let facts = Facts(headers)
    var authority = try host(facts, version: line.version)
    let framing = try framing(facts, version: line.version)
    let path: ArraySlice<UInt8>
    switch line.target {
    case .origin(let origin): path = origin
    case .absolute(let named, let rest):
      // RFC 9112 section 3.2.2: the target's authority replaces Host.
      authority = String(decoding: named, as: UTF8.self)
      path = rest
    case .asterisk: path = ArraySlice("*".utf8)
    }
    let target =
      if case .asterisk = line.target { RequestTarget.asterisk } else { try RequestTarget(parsing: path) }
    var head = RequestHead(
      line, authority: authority, path: String(decoding: path, as: UTF8.self), target: target,
      headers: headers,
      framing: framing)
    head.expectsContinue = try expectsContinue(facts, head)
    head.keepAlive = keepAlive(facts, version: line.version)
    return head
  }

  /// The headers that decide about the message, gathered in one go.
  private struct Facts {
    var host: String?
    var hostCount = 0
    var lengths: [String] = []
    var codings: [String] = []
    var expectations: [String] = []
    var connection: [String] = []

    init(_ headers: HTTPFields) {
      for field in headers {
        switch field.name.canonicalName {
        // By its text, because HTTPTypes offers no name for Host.
        case "host":
          host = field.value
          hostCount += 1
        case "content-length": lengths.append(field.value)
        case "transfer-encoding": codings.append(field.value)
        case "expect": expectations.append(field.value)
        case "connection": connection.append(field.value)
        default: break
        }
      }
    }
  }

  /// RFC 9112 section 3.2: exactly one Host in HTTP/1.1.
  private static func host(_ facts: Facts, version: HTTPVersion) throws(HTTPParseError) -> String {
    if facts.hostCount == 0, version == .http10 { return "" }
    guard facts.hostCount == 1, let host = facts.host, HostName.isValid(host.utf8) else { throw .badHost }
    return host
  }

  /// RFC 9112 section 6.3, without its leniencies.
  private static func framing(_ facts: Facts, version: HTTPVersion) throws(HTTPParseError) -> BodyFraming {
    let (lengths, codings) = (facts.lengths, facts.codings)
    if !codings.isEmpty {
      if !lengths.isEmpty || version == .http10 { throw .conflictingFraming }
      guard codings.count == 1, codings[0].lowercased() == "chunked" else { throw .badTransferEncoding }
      return .chunked
    }
    if lengths.isEmpty { return .none }
    guard lengths.count == 1, !lengths[0].isEmpty, lengths[0].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let length = Int(lengths[0])
    else { throw .badContentLength }
    return length == 0 ? .none : .length(length)
  }

  /// RFC 9110 section 10.1.1: an expectation in HTTP/1.0 or without a body is ignored.
  private static func expectsContinue(_ facts: Facts, _ head: RequestHead) throws(HTTPParseError) -> Bool {
    if facts.expectations.isEmpty { return false }
    guard facts.expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else { throw .badExpectation }
    return head.version == .http11 && head.framing != .none
  }

  /// RFC 9112 section 9.3.
  private static func keepAlive(_ facts: Facts, version: HTTPVersion) -> Bool {
    if facts.connection.isEmpty { return version == .http11 }
    let options = listMembers(facts.connection).map { $0.lowercased() }
    if options.contains("close") { return false }
    return version == .http11 || options.contains("keep-alive")
  }
}
