import HTTPTypes
import WorkerProtocol

@testable import HTTP

/// Parsers of streams: whatever the bytes are, they must say the same however the stream is cut.
enum StreamFuzz {
  /// Feeds whole, byte by byte, and in two parts: at each place of a short input, at one that a long one chooses.
  private static func compare<Answer: Equatable>(
    _ bytes: [UInt8], _ what: String, _ answer: ([[UInt8]]) -> Answer
  ) {
    let whole = answer([bytes])
    precondition(answer(bytes.map { [$0] }) == whole, "\(what): byte by byte it is another stream")
    let chosen = Int(bytes.first ?? 0) * bytes.count / 256
    for place in bytes.count <= 64 ? Array(bytes.indices) : [chosen] {
      precondition(
        answer([Array(bytes[..<place]), Array(bytes[place...])]) == whole,
        "\(what): cut at \(place) it is another stream")
    }
  }

  // MARK: - HTTP

  static func http(_ bytes: [UInt8]) {
    compare(bytes, "HTTP") { parts in
      var parser = HTTPRequestParser(limits: HTTPLimits())
      var heard: [String] = []
      var body: [UInt8] = []
      do throws(HTTPParseError) {
        for part in parts {
          parser.append(part)
          while let event = try parser.next() {
            switch event {
            case .head(let head):
              check(head)
              heard.append(
                "\(head.method) \(head.authority) \(head.path) \(head.headers) \(head.target) \(head.framing) \(head.keepAlive)"
              )
            case .body(let bytes): body += bytes
            case .end:
              heard.append("body \(body)")
              body = []
            }
          }
        }
      } catch {
        // Where the error is known decides how much of a body was told before.
        return heard + ["\(error)"]
      }
      return heard + ["left \(body)"]
    }
  }

  /// What holds for every request that is let through.
  private static func check(_ head: RequestHead) {
    for field in head.headers {
      let isClean = !field.value.utf8.contains { $0 < 0x20 && $0 != 0x09 || $0 == 0x7F }
      precondition(isClean, "a control byte in a value")
    }
    for segment in head.target.segments {
      precondition(segment != ".." && segment != "." && !segment.contains("/"), "a segment is a path")
    }
  }

  static let requests = [
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "POST /api/jobs?x=%20&y=+ HTTP/1.1\r\nHost: [::1]:80\r\nContent-Length: 3\r\nConnection: close\r\n\r\nabc",
    "PUT http://a.b:1/c%2f HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n"
      + "3;a=\"b\"\r\nabc\r\n0\r\nX: y\r\n\r\n",
    "OPTIONS * HTTP/1.0\r\n\r\nGET / HTTP/1.1\r\nHost: b\r\nUpgrade: websocket\r\n\r\n",
  ]

  // MARK: - WebSocket

  static func webSocket(_ bytes: [UInt8]) {
    compare(bytes, "WebSocket") { parts in
      var decoder = WebSocketDecoder(limits: WebSocketLimits())
      var heard: [String] = []
      do throws(WebSocketError) {
        for part in parts {
          decoder.append(part)
          while let event = try decoder.next() { heard.append("\(event)") }
        }
      } catch {
        return heard + ["\(error)"]
      }
      return heard
    }
  }

  static let socketBytes: [[UInt8]] = [
    [0x81, 0x83, 1, 2, 3, 4, 0x60, 0x60, 0x60],
    [0x01, 0x82, 0, 0, 0, 0, 0xC3, 0xA9, 0x89, 0x80, 0, 0, 0, 0, 0x80, 0x81, 9, 9, 9, 9, 0x58],
    [0x82, 0xFE, 0, 126, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 126),
    [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xE8],
  ]

  // MARK: - The worker link

  static func frames(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let side = first & 1 == 0 ? FrameDecoder.Side.server : .worker
    let expectation = first & 2 == 0 ? FrameDecoder.Expectation.session : .handshake
    let stream = first & 4 == 0 ? Array(bytes.dropFirst()) : summed(Array(bytes.dropFirst()))
    compare(stream, "frames") { parts in
      var decoder = FrameDecoder(side: side, expectation: expectation)
      var heard: [String] = []
      do throws(ProtocolError) {
        for part in parts {
          decoder.append(part)
          while let frame = try decoder.next() {
            heard.append("\(frame)")
            heard.append(message(frame, side))
          }
        }
      } catch {
        return heard + ["\(error)"]
      }
      return heard
    }
  }

  private static func message(_ frame: Frame, _ side: FrameDecoder.Side) -> String {
    do throws(ProtocolError) {
      switch side {
      case .server: return "\(try WorkerMessage(frame))"
      case .worker: return "\(try ServerMessage(frame))"
      }
    } catch { return "\(error)" }
  }

  /// The same stream with right checksums, which mutation alone never finds.
  private static func summed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var start = 0
    while bytes.count - start >= 8 {
      let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
      let end = start + 4 + length
      guard length >= 4, end <= bytes.count else { break }
      let sum = CRC32.castagnoli.checksum(bytes[start..<end - 4])
      for index in 0..<4 { bytes[end - 4 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
      start = end
    }
    return bytes
  }

  static var workerFrames: [[UInt8]] {
    let attempt = JobAttemptSeed.attempt
    let frames: [(UInt8, Frame)] = [
      (4, Frame(.workerHeartbeat, attempt, payload: Array("{}".utf8))), (4, Frame(.accepted, attempt)),
      (4, Frame(.progress, attempt, payload: Array(#"{"phase":"denoising","done":1,"total":2}"#.utf8))),
      (4, Frame(.image, attempt, payload: [0, 0, 0, 2, 0x7B, 0x7D, 1, 2, 3])),
      (5, Frame(.assign, attempt, payload: Array("{}".utf8))), (6, Frame(.hello, payload: Array("{}".utf8))),
    ]
    return frames.compactMap { mode, frame in (try? FrameEncoder.encode(frame)).map { [mode] + $0 } }
  }
}
