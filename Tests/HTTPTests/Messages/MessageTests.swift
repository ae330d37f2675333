import HTTPTypes
import Testing

@testable import HTTP

@Suite struct RequestTargetTests {
  @Test(arguments: [
    ("/", []), ("/a", ["a"]), ("/a/", ["a", ""]), ("//", ["", ""]), ("/a/b/c", ["a", "b", "c"]),
    ("/%41%20b", ["A b"]), ("/%C3%A9", ["é"]), ("/a+b", ["a+b"]), ("/...", ["..."]), ("/%252e", ["%2e"]),
    ("/a?b/../c", ["a"]),
  ])
  func `segments are decoded once`(text: String, segments: [String]) throws {
    #expect(try RequestTarget(parsing: text).segments == segments)
  }

  @Test(arguments: [
    "", "a", "?x", "/..", "/.", "/a/../b", "/%2e%2e", "/%2E.", "/a%2fb", "/a%2Fb", "/a%5cb", "/%00", "/%0a",
    "/%7f",
    "/%", "/%1", "/%g0", "/%c0%af", "/%ed%a0%80", "/?%", "/?a=%00", "/?a=%ff",
  ])
  func `a target that could become a path or is not text is refused`(text: String) {
    #expect(throws: HTTPParseError.badTarget) { try RequestTarget(parsing: text) }
  }

  @Test func `query items keep their order and may be empty`() throws {
    let target = try RequestTarget(parsing: "/x?a=1&b&&c=&a=2&d=x%3Dy+z")
    #expect(target.query.map { "\($0.name)=\($0.value)" } == ["a=1", "b=", "c=", "a=2", "d=x=y z"])
    #expect(target[query: "a"] == "1")
    #expect(target[query: "z"] == nil)
  }
}

@Suite struct RequestHeadTests {
  @Test func `cookies are found by their exact name`() throws {
    let head = try RequestHead(.get, "/", headers: [.cookie: "asid=0; sid=1=2; sid=3; b"])
    #expect(head.cookie("sid") == "1=2")
    #expect(head.cookie("b") == nil)
    #expect(head.cookie("id") == nil)
  }

  @Test(arguments: [("LocalHost:3000", "localhost"), ("[::1]:3000", "[::1]"), ("[::1]", "[::1]"), ("a", "a")])
  func `the host comes without its port`(authority: String, host: String) throws {
    #expect(try RequestHead(.get, "/", host: authority).host == host)
  }
}

@Suite struct HTTPErrorTests {
  @Test func `a refusal has one JSON shape`() {
    let error = HTTPError(
      .init(code: 422), "unknown_sampler", "unknown \"x\"\n<b>\u{0}\u{2028}", field: "sampler")
    guard case .bytes(let bytes) = error.response.body else { Issue.record("no body"); return }
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(
      text
        == #"{"error":{"code":"unknown_sampler","message":"unknown \"x\"\n\u003cb\u003e\u0000\u2028","field":"sampler"}}"#
    )
    #expect(error.response.headers[.contentType] == "application/json; charset=utf-8")
  }

  @Test func `a refusal without a field has none`() {
    guard case .bytes(let bytes) = HTTPError.notFound.response.body else { Issue.record("no body"); return }
    #expect(!String(decoding: bytes, as: UTF8.self).contains("field"))
  }
}

@Suite struct HTTPDateTests {
  @Test(arguments: [
    (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
    (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
    (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
  ])
  func `dates are written and read`(seconds: Int64, text: String) {
    #expect(HTTPDate.string(from: seconds) == text)
    #expect(HTTPDate.seconds(from: text) == seconds)
  }

  @Test func `every day of 400 years survives`() {
    for day in stride(from: Int64(0), to: 146_097, by: 1) {
      let seconds = day * 86_400
      #expect(HTTPDate.seconds(from: HTTPDate.string(from: seconds)) == seconds)
    }
  }

  @Test(arguments: [
    ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777), ("Sun Nov  6 08:49:37 1994", 784_111_777),
    ("Sun Nov 06 08:49:37 1994", 784_111_777), ("Tuesday, 29-Feb-00 00:00:00 GMT", 951_782_400),
    // 50 years after 2026, and one more.
    ("Wednesday, 01-Jan-76 00:00:00 GMT", 3_345_062_400), ("Saturday, 01-Jan-77 00:00:00 GMT", 220_924_800),
  ])
  func `obsolete dates are read`(text: String, seconds: Int64) {
    #expect(HTTPDate.seconds(from: text, now: 1_795_770_000) == seconds)
  }

  @Test(arguments: [
    "", "x", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49 GMT", "Sun, 99 Nov 1994 08:49:37 GMT",
    "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT", "Sunday, 06-Nov-94 08:49:37 CET",
    "Sun, +6 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun Nov 06 08:49:37 94",
    "Sun  Nov 6",
  ])
  func `other texts are not dates`(text: String) {
    #expect(HTTPDate.seconds(from: text) == nil)
  }
}

@Suite struct HostNameTests {
  @Test(arguments: [
    "a", "localhost", "a.b-c_d:1", "127.0.0.1:65535", "[::1]", "[::ffff:1.2.3.4]:80",
  ])
  func `hosts are accepted`(text: String) {
    #expect(HostName.isValid(text.utf8))
  }

  @Test(arguments: [
    "", ":80", "a:", "a:b", "a:65536", "a:123456", "[", "[]", "[::1", "[::1]80", "[x]", "a b", "a/b", "a@b",
    "a,b", "é",
    "a%41", "a?b", "a#b", "a:1:2",
  ])
  func `what is no host is refused`(text: String) {
    #expect(!HostName.isValid(text.utf8))
  }
}
