import Sockets
import HTTPTypes
import Testing

@testable import HTTP

/// A machine with a clock that the test turns.
private struct Machine {
  var now = MonotonicInstant.now
  var machine: HTTPConnectionMachine
  let limits: HTTPLimits

  init(_ limits: HTTPLimits = HTTPLimits()) {
    self.limits = limits
    machine = HTTPConnectionMachine(limits: limits, at: now)
  }

  mutating func receive(_ text: String) { machine.received(Array(text.utf8), at: now) }
  mutating func wait(_ duration: Duration) { now = now + duration }

  /// What comes next, as a word; reads with the time that is left.
  mutating func next() -> String {
    switch machine.next(at: now) {
    case .read(let until): "read \(milliseconds(until))"
    case .plan(let head): "plan \(head.path)"
    case .sendContinue: "continue"
    case .bodyPart(let bytes): "body \(bytes.count)"
    case .respond: "respond"
    case .refuse(let error): "refuse \(error.status.code)"
    case .drain(let until): "drain \(milliseconds(until))"
    case .close: "close"
    }
  }

  /// Answers the request that was planned, without reading its body.
  mutating func answer() -> Bool {
    let keepAlive = machine.answering()
    machine.answered(at: now)
    return keepAlive
  }

  private func milliseconds(_ instant: MonotonicInstant) -> Int64 {
    Int64(now.duration(to: instant) / .milliseconds(1))
  }
}

private let get = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"

@Suite struct HTTPConnectionMachineTests {
  @Test func `a connection without a request closes silently after the header deadline`() {
    var machine = Machine()
    #expect(machine.next() == "read 10000")
    machine.machine.deadlinePassed()
    #expect(machine.next() == "close")
  }

  @Test func `the header deadline is total, however the bytes drip`() {
    var machine = Machine()
    machine.wait(.seconds(4))
    machine.receive("G")
    #expect(machine.next() == "read 10000")
    for _ in 0..<9 {
      machine.wait(.seconds(1))
      machine.receive("E")
    }
    #expect(machine.next() == "read 1000")
    machine.wait(.seconds(1))
    machine.machine.deadlinePassed()
    #expect(machine.next() == "refuse 408")
    machine.machine.refused(at: machine.now)
    #expect(machine.next() == "drain 1000")
  }

  @Test func `between requests the connection may idle for the keep-alive time`() {
    var machine = Machine()
    machine.receive(get)
    #expect(machine.next() == "plan /1")
    #expect(machine.answer() == true)
    #expect(machine.next() == "read 15000")
    machine.machine.deadlinePassed()
    #expect(machine.next() == "close")
  }

  @Test func `pipelined requests are answered in order without reading`() {
    var machine = Machine()
    machine.receive(get + "GET /2 HTTP/1.1\r\nHost: a\r\n\r\nGET /3 HT")
    #expect(machine.next() == "plan /1")
    #expect(machine.answer() == true)
    #expect(machine.next() == "plan /2")
    #expect(machine.answer() == true)
    #expect(machine.next() == "read 10000")
    machine.receive("TP/1.1\r\nHost: a\r\n\r\n")
    #expect(machine.next() == "plan /3")
  }

  @Test func `a connection closes after its last request`() {
    var limits = HTTPLimits()
    limits.requestsPerConnection = 2
    var machine = Machine(limits)
    machine.receive(get + get + get)
    #expect(machine.next() == "plan /1")
    #expect(machine.answer() == true)
    #expect(machine.next() == "plan /1")
    #expect(machine.answer() == false)
    #expect(machine.next() == "drain 1000")
  }

  @Test(arguments: ["GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"])
  func `a client that wants to close is closed`(text: String) {
    var machine = Machine()
    machine.receive(text)
    #expect(machine.next() == "plan /")
    #expect(machine.answer() == false)
    #expect(machine.next() == "drain 1000")
    machine.machine.reachedEnd()
    #expect(machine.next() == "close")
  }

  @Test func `a parse error is answered and the connection drained, at most 64 KiB`() {
    var machine = Machine()
    machine.receive("GET / HTTP/1.1\nHost: a\n\n")
    #expect(machine.next() == "refuse 400")
    machine.machine.refused(at: machine.now)
    #expect(machine.next() == "drain 1000")
    machine.receive(String(repeating: "x", count: 65_535))
    #expect(machine.next() == "drain 1000")
    machine.receive("x")
    #expect(machine.next() == "close")
  }

  @Test func `a drain ends at its deadline`() {
    var machine = Machine()
    machine.receive("BAD\r\n")
    #expect(machine.next() == "refuse 400")
    machine.machine.refused(at: machine.now)
    machine.wait(.seconds(1))
    #expect(machine.next() == "close")
  }

  @Test func `a body is collected in parts and then answered`() {
    var machine = Machine()
    machine.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
    #expect(machine.next() == "plan /")
    machine.machine.planned(limit: 5, at: machine.now)
    #expect(machine.next() == "body 2")
    #expect(machine.next() == "read 15000")
    machine.receive("llo" + get)
    #expect(machine.next() == "body 3")
    #expect(machine.next() == "respond")
    #expect(machine.answer() == true)
    #expect(machine.next() == "plan /1")
  }

  @Test func `a request without a body needs no reading even if it is planned`() {
    var machine = Machine()
    machine.receive(get)
    #expect(machine.next() == "plan /1")
    machine.machine.planned(limit: 0, at: machine.now)
    #expect(machine.next() == "respond")
    #expect(machine.answer() == true)
  }

  @Test func `a length over the limit is refused before a byte is read`() {
    var machine = Machine()
    machine.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nExpect: 100-continue\r\n\r\n")
    #expect(machine.next() == "plan /")
    machine.machine.planned(limit: 5, at: machine.now)
    #expect(machine.next() == "refuse 413")
  }

  @Test func `chunks over the limit are refused when they exceed it`() {
    var machine = Machine()
    machine.receive(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\nabc\r\n")
    #expect(machine.next() == "plan /")
    machine.machine.planned(limit: 5, at: machine.now)
    #expect(machine.next() == "body 3")
    #expect(machine.next() == "refuse 413")
  }

  @Test func `a client that waits is told to continue, once, and only when its body is wanted`() {
    var machine = Machine()
    machine.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
    #expect(machine.next() == "plan /")
    machine.machine.planned(limit: 5, at: machine.now)
    #expect(machine.next() == "continue")
    #expect(machine.next() == "read 15000")
    machine.receive("ab")
    #expect(machine.next() == "body 2")
    #expect(machine.next() == "respond")
  }

  @Test func `a body that is not read ends the connection after the answer`() {
    var machine = Machine()
    machine.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
    #expect(machine.next() == "plan /")
    #expect(machine.answer() == false)
    #expect(machine.next() == "drain 1000")
  }

  @Test func `a body has time by its size, and each read its own`() {
    var limits = HTTPLimits()
    limits.bodyIdle = .seconds(1000)
    var machine = Machine(limits)
    machine.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1638400\r\n\r\n")
    #expect(machine.next() == "plan /")
    machine.machine.planned(limit: 1 << 30, at: machine.now)
    #expect(machine.next() == "read 130000")
    machine.wait(.seconds(130))
    machine.machine.deadlinePassed()
    #expect(machine.next() == "refuse 408")
  }

  @Test func `a slow body is refused between two reads`() {
    var machine = Machine()
    machine.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\na")
    #expect(machine.next() == "plan /")
    machine.machine.planned(limit: 100, at: machine.now)
    #expect(machine.next() == "body 1")
    machine.wait(.seconds(14))
    machine.receive("b")
    #expect(machine.next() == "body 1")
    #expect(machine.next() == "read 15000")
    machine.machine.deadlinePassed()
    #expect(machine.next() == "refuse 408")
  }

  @Test func `shutting down closes an idle connection at once and a busy one after its answer`() {
    var idle = Machine()
    idle.machine.shutDown()
    #expect(idle.next() == "close")
    var busy = Machine()
    busy.receive(get + get)
    #expect(busy.next() == "plan /1")
    busy.machine.shutDown()
    #expect(busy.answer() == false)
    #expect(busy.next() == "drain 1000")
  }

  @Test func `a request that is cut off is not answered`() {
    var machine = Machine()
    machine.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab")
    #expect(machine.next() == "plan /")
    machine.machine.planned(limit: 9, at: machine.now)
    #expect(machine.next() == "body 2")
    machine.machine.reachedEnd()
    #expect(machine.next() == "close")
  }
}
