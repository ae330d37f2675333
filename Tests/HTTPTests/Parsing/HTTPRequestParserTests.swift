import HTTPTypes
import Testing

@testable import HTTP

@Suite struct HTTPRequestParserTests {
  @Test(arguments: RequestCorpus.accepted.map(\.text))
  func `an accepted stream gives one result however it is cut`(text: String) {
    let bytes = Array(text.utf8)
    let whole = ParsedStream.whole(bytes)
    #expect(whole.error == nil)
    #expect(!whole.requests.isEmpty)
    #expect(ParsedStream.bytewise(bytes) == whole)
    for cut in 0...bytes.count { #expect(ParsedStream(bytes, cuts: [cut]) == whole, "cut at \(cut)") }
  }

  @Test(arguments: RequestCorpus.refused.map { ($0.text, $0.error) })
  func `a malformed stream is refused, fed whole or byte by byte`(text: String, error: String) {
    for parsed in [ParsedStream.whole(Array(text.utf8)), .bytewise(Array(text.utf8))] {
      #expect(parsed.error.map { "\($0)" } == error)
    }
  }

  @Test func `the parts of a request are what was sent`() throws {
    let text =
      "POST /a%20b/c?x=1&y=%C3%A9+z HTTP/1.1\r\nHost: h:81\r\nX-A: 1\r\nx-a:  2 \r\nContent-Length: 2\r\n\r\nok"
    var parser = HTTPRequestParser(limits: HTTPLimits())
    parser.append(Array(text.utf8))
    guard case .head(let head)? = try parser.next() else { Issue.record("no head"); return }
    #expect(head.method == .post)
    #expect(head.target.segments == ["a b", "c"])
    #expect(head.target[query: "y"] == "é z")
    #expect(head.path == "/a%20b/c?x=1&y=%C3%A9+z")
    #expect(head.authority == "h:81")
    #expect(head.host == "h")
    #expect(head.headers[values: .init("x-a")!] == ["1", "2"])
    #expect(head.framing == .length(2))
    #expect(head.keepAlive)
  }

  @Test func `the target's authority replaces Host`() throws {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    parser.append(Array("GET http://b:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    guard case .head(let head)? = try parser.next() else { Issue.record("no head"); return }
    #expect(head.authority == "b:81")
    #expect(head.path == "/x?y")
  }

  @Test func `an error is final`() {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    parser.append(Array("BAD\r\n".utf8))
    #expect(throws: HTTPParseError.badRequestLine) { try parser.next() }
    parser.append(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
    #expect(throws: HTTPParseError.badRequestLine) { try parser.next() }
  }

  @Test(arguments: [true, false])
  func `a request line may have its limit and no byte more`(isWhole: Bool) {
    var limits = HTTPLimits()
    limits.requestLine = 100
    let exact = "GET /" + String(repeating: "a", count: 100 - 14) + " HTTP/1.1\r\nHost: a\r\n\r\n"
    let over = "GET /" + String(repeating: "a", count: 101 - 14) + " HTTP/1.1\r\nHost: a\r\n\r\n"
    #expect(feed(exact, isWhole, limits).error == nil)
    #expect(feed(over, isWhole, limits).error == .requestLineTooLong(limit: 100))
  }

  @Test func `a line without end is refused before more than its limit is held`() {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    parser.append([UInt8](repeating: 0x41, count: 8 * 1024 + 1))
    #expect(throws: Never.self) { try parser.next() }
    parser.append([0x41])
    #expect(throws: HTTPParseError.requestLineTooLong(limit: 8192)) { try parser.next() }
  }

  @Test(arguments: [true, false])
  func `headers are limited by line, in all and by number`(isWhole: Bool) {
    var limits = HTTPLimits()
    limits.headerLine = 50
    limits.headers = 200
    limits.headerCount = 5
    let start = "GET / HTTP/1.1\r\nHost: a\r\n"
    let line = { (count: Int) in "X: " + String(repeating: "a", count: count - 3) + "\r\n" }
    #expect(feed(start + line(50) + "\r\n", isWhole, limits).error == nil)
    #expect(feed(start + line(51) + "\r\n", isWhole, limits).error == .headersTooLarge)
    let four = String(repeating: line(30), count: 4)
    #expect(feed(start + four + "\r\n", isWhole, limits).error == nil)
    #expect(feed(start + four + line(10) + "\r\n", isWhole, limits).error == .headersTooLarge)
    let whole = String(repeating: line(48), count: 3) + line(39)
    #expect(feed(start + whole + "\r\n", isWhole, limits).error == nil)
    let wide = String(repeating: line(48), count: 4)
    #expect(feed(start + wide + "\r\n", isWhole, limits).error == .headersTooLarge)
  }

  @Test(arguments: [true, false])
  func `chunk extensions and trailers share one limit for the whole request`(isWhole: Bool) {
    var limits = HTTPLimits()
    limits.chunkOverhead = 20
    let start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    let extended = { (count: Int) in "1;" + String(repeating: "e", count: count - 1) + "\r\nx\r\n" }
    let end = "0\r\n\r\n"
    let tooLarge = HTTPParseError.chunkOverheadTooLarge(limit: 20)
    #expect(feed(start + extended(20) + end, isWhole, limits).error == nil)
    #expect(feed(start + extended(21) + end, isWhole, limits).error == tooLarge)
    #expect(feed(start + extended(10) + extended(11) + end, isWhole, limits).error == tooLarge)
    #expect(feed(start + extended(10) + "0\r\nX: 4567890\r\n\r\n", isWhole, limits).error == nil)
    #expect(feed(start + extended(10) + "0\r\nX: 45678901\r\n\r\n", isWhole, limits).error == tooLarge)
  }

  @Test func `mutated streams give one result whole, byte by byte and in pieces, and never trap`() {
    var random = SeededGenerator(state: 20_261_126)
    let corpus = RequestCorpus.accepted.map { Array($0.text.utf8) }
    let favourites: [UInt8] = [0, 9, 10, 13, 32, 58, 59, 37, 47, 92, 127, 128, 255, 48, 102]
    for round in 0..<4000 {
      var bytes = corpus[round % corpus.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = favourites.randomElement(using: &random) ?? 0
        case 1: bytes.insert(favourites.randomElement(using: &random) ?? 0, at: place)
        case 2: if bytes.count > 1 { bytes.remove(at: place) }
        default: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
        }
      }
      let whole = ParsedStream.whole(bytes)
      #expect(ParsedStream.bytewise(bytes) == whole)
      let cuts = (0..<3).map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
      #expect(ParsedStream(bytes, cuts: cuts) == whole)
    }
  }

  @Test func `the bytes after a request can be taken for another protocol`() throws {
    var parser = HTTPRequestParser(limits: HTTPLimits())
    parser.append(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n\u{1}\u{2}".utf8))
    _ = try parser.next()
    #expect(parser.takeRemainder() == [1, 2])
    #expect(parser.pendingCount == 0)
  }

  private func feed(_ text: String, _ isWhole: Bool, _ limits: HTTPLimits) -> ParsedStream {
    isWhole ? .whole(Array(text.utf8), limits: limits) : .bytewise(Array(text.utf8), limits: limits)
  }
}
