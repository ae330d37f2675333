import CLinux
import Glibc

/// One user: a cookie, a connection for requests, and event sockets.
final class Person {
  private let port: UInt16
  private(set) var cookie = ""
  private var link: Int32
  private var usedAt = nanosecondsNow()

  /// Becomes a user of a server with `--access open`.
  init(port: UInt16) throws {
    self.port = port
    link = try Self.connect(port)
    let head = try ask("GET /api/capabilities HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
    guard let cookie = head.value(of: "set-cookie") else { throw BenchError.unexpected("no cookie came") }
    self.cookie = String(cookie.prefix { $0 != ";" })
  }

  deinit { clinux_close(link) }

  /// Sends a request and waits for its response.
  @discardableResult
  func ask(_ request: String) throws -> RawResponse {
    try renewLink()
    try Self.send(link, request)
    return try RawResponse(reading: link)
  }

  /// A server closes what was silent for 15 seconds, and what is sent just then is lost: on a busy host a user's
  /// turn may come as late.
  private func renewLink() throws {
    let now = nanosecondsNow()
    defer { usedAt = now }
    guard now - usedAt > 5_000_000_000 else { return }
    clinux_close(link)
    link = try Self.connect(port)
  }

  /// Sends a submission without waiting.
  func submit(_ json: String) throws {
    try renewLink()
    try Self.send(
      link,
      "POST /api/jobs HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\n"
        + "Content-Type: application/json\r\nContent-Length: \(json.utf8.count)\r\n\r\n\(json)")
  }

  /// Waits for the answer to the submission.
  func submitted() throws {
    let head = try RawResponse(reading: link)
    guard head.status == 201 else { throw BenchError.unexpected("a job was answered \(head.status)") }
  }

  /// Opens a socket for this user's events; its descriptor, non-blocking.
  func follow() throws -> Int32 {
    let socket = try Self.connect(port)
    try Self.send(
      socket,
      "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nCookie: \(cookie)\r\nUpgrade: websocket\r\n"
        + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
    let head = try RawResponse(reading: socket)
    guard head.status == 101 else { throw BenchError.unexpected("a socket was answered \(head.status)") }
    return socket
  }

  private static func connect(_ port: UInt16) throws -> Int32 {
    var address = clinux_address(family: 4, port: port, scope: 0, high: 0, low: 0x7F00_0001)
    let descriptor = try BenchError.check(clinux_connect(&address), "connect")
    try wait(descriptor, POLLOUT)
    _ = clinux_set_nodelay(descriptor)
    return descriptor
  }

  private static func send(_ descriptor: Int32, _ text: String) throws {
    let bytes = Array(text.utf8)
    guard clinux_send(descriptor, bytes, bytes.count, 0) == bytes.count else {
      throw BenchError.unexpected("a request was not taken whole")
    }
  }

  fileprivate static func wait(_ descriptor: Int32, _ events: Int32) throws {
    var waiting = pollfd(fd: descriptor, events: Int16(events), revents: 0)
    guard poll(&waiting, 1, 30_000) == 1 else { throw BenchError.unexpected("nothing came for 30 s") }
  }
}

/// A response, its head read byte by byte so that what follows stays in the socket.
struct RawResponse {
  let status: Int
  private(set) var body = ""
  private let text: String

  init(reading descriptor: Int32) throws {
    var bytes: [UInt8] = []
    while !bytes.suffix(4).elementsEqual([0x0D, 0x0A, 0x0D, 0x0A]) { bytes += try Self.read(descriptor, 1) }
    text = String(decoding: bytes, as: UTF8.self)
    status = Int(text.dropFirst(9).prefix(3)) ?? 0
    var left = value(of: "content-length").flatMap { Int($0) } ?? 0
    var content: [UInt8] = []
    while left > 0 {
      let part = try Self.read(descriptor, left)
      content += part
      left -= part.count
    }
    body = String(decoding: content, as: UTF8.self)
  }

  /// The first value of a header.
  func value(of name: String) -> Substring? {
    for line in text.split(separator: "\r\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].lowercased() == name { return parts[1].drop { $0 == " " } }
    }
    return nil
  }

  private static func read(_ descriptor: Int32, _ most: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(most, 64 * 1024))
    while true {
      let count = clinux_receive(descriptor, &bytes, bytes.count)
      if count > 0 { return Array(bytes[..<Int(count)]) }
      guard count == -11 else { throw BenchError.unexpected("the server closed a connection") }  // EAGAIN
      try Person.wait(descriptor, POLLIN)
    }
  }
}
