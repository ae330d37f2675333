import HTTPTypes
import Testing

@testable import HTTP

@Suite struct HTTPResponseEncoderTests {
  private let date = "Thu, 01 Jan 1970 00:00:00 GMT"

  private func lines(
    _ response: Response, isHead: Bool = false, version: HTTPVersion = .http11, keepAlive: Bool = true
  ) throws -> [String] {
    let context = HTTPResponseEncoder.Context(
      date: date, isHead: isHead, version: version, keepAlive: keepAlive)
    let text = String(decoding: try HTTPResponseEncoder.head(of: response, context), as: UTF8.self)
    #expect(text.hasSuffix("\r\n\r\n"))
    return text.split(separator: "\r\n").map(String.init)
  }

  @Test func `a response has status, headers, nosniff, date and length`() throws {
    #expect(
      try lines(.text("hello")) == [
        "HTTP/1.1 200 OK", "Content-Type: text/plain; charset=utf-8", "X-Content-Type-Options: nosniff",
        "Content-Length: 5", "Date: \(date)",
      ])
  }

  @Test func `framing headers of the handler are dropped`() throws {
    let response = Response(
      .ok, headers: [.contentLength: "9", .transferEncoding: "gzip", .connection: "upgrade", .date: "x"])
    #expect(
      try lines(response) == [
        "HTTP/1.1 200 OK", "X-Content-Type-Options: nosniff", "Content-Length: 0", "Date: \(date)",
      ])
  }

  @Test(arguments: [204, 304])
  func `statuses without a body have no length`(code: Int) throws {
    let response = Response(.init(code: code), body: .bytes([1]))
    #expect(try !lines(response).contains { $0.hasPrefix("Content-Length") })
    #expect(!HTTPResponseEncoder.sendsBody(response, isHead: false))
  }

  @Test func `HEAD has the length of the body it does not have`() throws {
    #expect(try lines(.text("hello"), isHead: true).contains("Content-Length: 5"))
    #expect(!HTTPResponseEncoder.sendsBody(.text("hello"), isHead: true))
  }

  @Test func `streams are chunked, but end with the connection in HTTP/1.0`() throws {
    let response = Response(.ok, body: .stream { _ in })
    #expect(try lines(response).contains("Transfer-Encoding: chunked"))
    #expect(try lines(response, version: .http10, keepAlive: false).last == "Connection: close")
  }

  @Test func `the connection's fate is said where the version needs it`() throws {
    #expect(try lines(.text(""), keepAlive: false).last == "Connection: close")
    #expect(try lines(.text(""), version: .http10).last == "Connection: keep-alive")
    #expect(try !lines(.text("")).contains { $0.hasPrefix("Connection") })
  }

  @Test func `an upgrade that is required is also an option of the connection`() throws {
    let response = Response(.upgradeRequired, headers: [.upgrade: "websocket"])
    #expect(try lines(response).last == "Connection: Upgrade")
    #expect(try lines(response, keepAlive: false).last == "Connection: Upgrade, close")
    #expect(try lines(response, version: .http10).last == "Connection: Upgrade, keep-alive")
  }

  @Test func `a prepared response is sent as the same response without preparation`() throws {
    var response = Response.text("hello")
    SecurityHeaders.apply(to: &response)
    let prepared = Response.text("hello").prepared()
    #expect(prepared.preparedHead != nil)
    for (keepAlive, version) in [(true, HTTPVersion.http11), (false, .http11), (true, .http10)] {
      let expected = try lines(response, version: version, keepAlive: keepAlive)
      #expect(try lines(prepared, version: version, keepAlive: keepAlive) == expected)
    }
  }

  @Test func `what changes a prepared response is sent, and what is appended to it`() throws {
    var response = Response.text("hello").prepared()
    try response.append(HTTPField(name: .setCookie, value: "a=b"))
    #expect(response.preparedHead != nil)
    let appended = try lines(response)
    #expect(appended.contains("Set-Cookie: a=b") && appended.contains("Content-Length: 5"))
    response.body = .bytes([1, 2])
    #expect(try lines(response).contains("Content-Length: 2"))
    response.status = .notFound
    #expect(try lines(response)[0] == "HTTP/1.1 404 Not Found")
    response.headers[.contentType] = "a/b"
    #expect(try lines(response).contains("Content-Type: a/b"))
  }

  @Test func `a line break cannot be appended to a prepared response`() {
    var response = Response.text("hello").prepared()
    // HTTPTypes makes spaces of them, and the encoder looks again.
    try? response.append(HTTPField(name: .setCookie, value: "a\r\nX: y"))
    #expect((try? lines(response))?.contains("X: y") == false)
  }

  @Test func `line breaks in a value never reach the wire`() throws {
    var response = Response(.ok)
    response.headers[.location] = "/x\r\nSet-Cookie: a=b\0"
    let head = try lines(response)
    #expect(!head.contains { $0.hasPrefix("Set-Cookie") })
    #expect(head.count == 5)
  }

  @Test func `chunks carry their size in hexadecimal`() {
    #expect(HTTPResponseEncoder.chunk([UInt8](repeating: 65, count: 26)).starts(with: "1a\r\nAAA".utf8))
    #expect(HTTPResponseEncoder.chunk([]) == Array("0\r\n\r\n".utf8))
  }
}
