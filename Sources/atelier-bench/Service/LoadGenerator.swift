import CLinux
import Glibc

/// Keeps a number of connections busy with GET requests on one thread, by epoll.
///
/// Closed loop: each connection sends its next request when the last one's response is whole.
final class LoadGenerator {
  private struct Client {
    var descriptor: Int32
    var cutter = ResponseCutter()
    var sentAt: UInt64 = 0
    var turn: Int
  }

  private let address: clinux_address
  private let requests: [[UInt8]]
  private let epoll: Int32
  private var clients: [Client] = []
  private var buffer = [UInt8](repeating: 0, count: 256 * 1024)
  private var times: [UInt32] = []

  /// Prepares `connections` to 127.0.0.1 that ask for `paths` in turn.
  init(port: UInt16, paths: [String], connections: Int) throws {
    address = clinux_address(family: 4, port: port, scope: 0, high: 0, low: 0x7F00_0001)
    requests = paths.map { Array("GET \($0) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n".utf8) }
    epoll = try BenchError.check(clinux_epoll_create(), "epoll_create1")
    for number in 0..<connections {
      clients.append(Client(descriptor: try open(number), turn: number % paths.count))
    }
  }

  deinit {
    for client in clients { clinux_close(client.descriptor) }
    clinux_close(epoll)
  }

  /// Asks for so many seconds and tells how long each response took.
  func run(seconds: Double) throws -> (latencies: Latencies, seconds: Double) {
    times = []
    let start = nanosecondsNow()
    let end = start + UInt64(seconds * 1e9)
    for index in clients.indices { try send(index) }
    var events = [clinux_event](repeating: clinux_event(), count: 256)
    var now = start
    while now < end {
      let count = clinux_epoll_wait(epoll, &events, Int32(events.count), 1000)
      for event in events[..<Int(max(0, count))] { try receive(Int(event.token)) }
      now = nanosecondsNow()
    }
    return (Latencies(microseconds: times), Double(now - start) / 1e9)
  }

  private func open(_ number: Int) throws -> Int32 {
    var address = address
    let descriptor = try BenchError.check(clinux_connect(&address), "connect")
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, 10_000) == 1, clinux_socket_error(descriptor) == 0 else {
      throw BenchError.unexpected("nobody accepts on port \(address.port)")
    }
    _ = clinux_set_nodelay(descriptor)
    _ = try BenchError.check(clinux_epoll_add(epoll, descriptor, UInt64(number)), "epoll_ctl")
    return descriptor
  }

  private func send(_ index: Int) throws {
    let request = requests[clients[index].turn]
    clients[index].turn = (clients[index].turn + 1) % requests.count
    clients[index].sentAt = nanosecondsNow()
    guard clinux_send(clients[index].descriptor, request, request.count, 0) == request.count else {
      throw BenchError.unexpected("a request was not taken whole")
    }
  }

  private func receive(_ index: Int) throws {
    while true {
      let count = clinux_receive(clients[index].descriptor, &buffer, buffer.count)
      if count == -11 { return }  // EAGAIN
      guard count > 0 else { throw BenchError.unexpected("the server closed a connection in the middle") }
      let isWhole = try buffer.withUnsafeBytes { bytes in
        try clients[index].cutter.take(UnsafeRawBufferPointer(rebasing: bytes[..<Int(count)]))
      }
      guard isWhole else { continue }
      guard clients[index].cutter.status == 200 else {
        throw BenchError.unexpected("status \(clients[index].cutter.status)")
      }
      times.append(UInt32(clamping: (nanosecondsNow() - clients[index].sentAt) / 1000))
      if clients[index].cutter.closes {
        clinux_close(clients[index].descriptor)
        clients[index] = Client(descriptor: try open(index), turn: clients[index].turn)
        return try send(index)
      }
      try send(index)
    }
  }
}
