import CLinux
import Glibc

/// Many event sockets on one thread: answers their pings and tells of their messages.
final class EventSockets {
  private let epoll: Int32
  private var sockets: [Int32] = []
  private var buffers: [[UInt8]] = []
  private var scratch = [UInt8](repeating: 0, count: 64 * 1024)

  /// Without any socket yet.
  init() throws {
    epoll = try BenchError.check(clinux_epoll_create(), "epoll_create1")
  }

  /// How many there are.
  var count: Int { sockets.count }

  /// Takes over a connected WebSocket.
  func add(_ descriptor: Int32) throws {
    _ = try BenchError.check(clinux_epoll_add(epoll, descriptor, UInt64(sockets.count)), "epoll_ctl")
    sockets.append(descriptor)
    buffers.append([])
  }

  deinit {
    for socket in sockets { clinux_close(socket) }
    clinux_close(epoll)
  }

  /// Serves them for so many milliseconds, or until `heard`, called with a socket's number and a message,
  /// returns true.
  func serve(milliseconds: Int, _ heard: (Int, ArraySlice<UInt8>) throws -> Bool = { _, _ in false }) throws {
    let end = nanosecondsNow() + UInt64(milliseconds) * 1_000_000
    var events = [clinux_event](repeating: clinux_event(), count: 256)
    while true {
      let now = nanosecondsNow()
      let timeout = now < end ? Int32((end - now + 999_999) / 1_000_000) : 0
      let count = clinux_epoll_wait(epoll, &events, Int32(events.count), timeout)
      var isDone = false
      for event in events[..<Int(max(0, count))] {
        if try receive(Int(event.token), heard) { isDone = true }
      }
      // Looked at once more when the time is up: this process may have slept through it.
      if isDone || now >= end { return }
    }
  }

  private func receive(_ index: Int, _ heard: (Int, ArraySlice<UInt8>) throws -> Bool) throws -> Bool {
    while true {
      let count = clinux_receive(sockets[index], &scratch, scratch.count)
      if count == -11 { break }  // EAGAIN
      guard count > 0 else { throw BenchError.unexpected("the server closed an event socket") }
      buffers[index] += scratch[..<Int(count)]
    }
    var isDone = false
    while let (first, payload, end) = Self.frame(buffers[index]) {
      if first == 0x89 { try pong(index, payload) }
      if first == 0x88 { throw BenchError.unexpected("the server said goodbye to an event socket") }
      if first == 0x81, try heard(index, payload) { isDone = true }
      buffers[index].removeFirst(end)
    }
    if buffers[index].isEmpty { buffers[index] = [] }
    return isDone
  }

  private func pong(_ index: Int, _ payload: ArraySlice<UInt8>) throws {
    // A mask of zeros leaves the payload as it is.
    let frame = [0x8A, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
    guard clinux_send(sockets[index], frame, frame.count, 0) == frame.count else {
      throw BenchError.unexpected("a pong was not taken")
    }
  }

  /// The first whole frame of a server: its first byte, payload and end.
  private static func frame(_ bytes: [UInt8]) -> (UInt8, ArraySlice<UInt8>, Int)? {
    guard bytes.count >= 2 else { return nil }
    var (length, start) = (Int(bytes[1]), 2)
    if length >= 126 {
      let size = length == 126 ? 2 : 8
      guard bytes.count >= 2 + size else { return nil }
      length = bytes[2..<2 + size].reduce(0) { $0 << 8 | Int($1) }
      start += size
    }
    guard bytes.count >= start + length else { return nil }
    return (bytes[0], bytes[start..<start + length], start + length)
  }
}
