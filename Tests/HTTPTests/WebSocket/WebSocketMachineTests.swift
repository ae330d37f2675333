import Sockets
import Testing

@testable import HTTP

@Suite struct WebSocketMachineTests {
  private let start = MonotonicInstant.now

  private func machine() -> WebSocketMachine { WebSocketMachine(limits: WebSocketLimits(), at: start) }

  private func frame(_ opcode: WebSocketOpcode, _ text: String) -> [UInt8] {
    WebSocketEncoder.frame(opcode, Array(text.utf8))
  }

  @Test func `messages are delivered and pings answered with their payload`() {
    var machine = machine()
    let actions = machine.received(ClientFrame.bytes(9, [1, 2]) + ClientFrame.text("a"), at: start)
    #expect(actions == [.sendControl(WebSocketEncoder.frame(.pong, [1, 2])), .deliver(.text("a"))])
    #expect(machine.received(ClientFrame.bytes(10, [1]), at: start) == [])
  }

  @Test func `a ping goes out every 20 s and its pong keeps the connection`() {
    var machine = machine()
    #expect(machine.deadline == start + .seconds(20))
    #expect(machine.deadlinePassed(at: start + .seconds(19)) == [])
    #expect(machine.deadlinePassed(at: start + .seconds(20)) == [.sendControl(frame(.ping, "1"))])
    #expect(machine.received(ClientFrame.bytes(10, Array("1".utf8)), at: start + .seconds(21)) == [])
    #expect(machine.deadlinePassed(at: start + .seconds(40)) == [.sendControl(frame(.ping, "2"))])
  }

  @Test func `a pong that does not come, or answers something else, ends the connection after 20 s`() {
    var machine = machine()
    _ = machine.deadlinePassed(at: start + .seconds(20))
    _ = machine.received(ClientFrame.bytes(10, Array("0".utf8)), at: start + .seconds(21))
    #expect(machine.deadlinePassed(at: start + .seconds(40)) == [.finish])
    #expect(machine.isFinished)
  }

  @Test func `the peer's close is answered with its code and ends`() {
    var machine = machine()
    let actions = machine.received(ClientFrame.close(3001) + ClientFrame.text("late"), at: start)
    let code = WebSocketCloseCode(rawValue: 3001)
    #expect(actions == [.sendClose(WebSocketEncoder.close(code), dropping: false), .finish])
    #expect(machine.closeCode == code)
  }

  @Test func `an empty close is answered with an empty one`() {
    var machine = machine()
    #expect(
      machine.received(ClientFrame.bytes(8, []), at: start)
        == [.sendClose(WebSocketEncoder.close(nil), dropping: false), .finish])
  }

  @Test func `our close waits for the peer's, drops messages, and gives up after 5 s`() {
    var machine = machine()
    #expect(
      machine.close(.goingAway, reason: "bye", at: start)
        == [.sendClose(WebSocketEncoder.close(.goingAway, reason: "bye"), dropping: false)])
    #expect(machine.close(.normal, at: start) == [])
    #expect(machine.received(ClientFrame.text("late") + ClientFrame.bytes(9, []), at: start) == [])
    #expect(machine.deadline == start + .seconds(5))
    var other = machine
    #expect(other.received(ClientFrame.close(1001), at: start) == [.finish])
    #expect(machine.deadlinePassed(at: start + .seconds(5)) == [.finish])
  }

  private static let broken: [([UInt8], UInt16)] = [
    (ClientFrame.bytes(1, [0xFF]), 1007), (ClientFrame.bytes(3, []), 1002),
    ([0x82, 0xFF, 0, 0, 0, 0, 0, 2, 0, 0, 1, 2, 3, 4], 1009),
  ]

  @Test(arguments: broken)
  func `a broken rule is answered with its code without waiting`(bytes: [UInt8], code: UInt16) {
    var machine = machine()
    let close = WebSocketCloseCode(rawValue: code)
    #expect(
      machine.received(bytes, at: start) == [
        .sendClose(WebSocketEncoder.close(close), dropping: false), .finish,
      ])
    #expect(machine.received(ClientFrame.text("a"), at: start) == [])
  }

  @Test func `the end of the stream finishes, once`() {
    var machine = machine()
    #expect(machine.reachedEnd() == [.finish])
    #expect(machine.reachedEnd() == [])
  }

  @Test func `a close reason is cut between characters to what a control frame holds`() {
    let frame = WebSocketEncoder.close(.normal, reason: String(repeating: "é", count: 100))
    #expect(frame.count == 2 + 2 + 122)
    #expect(frame[1] == 124)
  }

  @Test(arguments: [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)])
  func `frames use the shortest length`(count: Int, header: Int) {
    #expect(WebSocketEncoder.frame(.binary, [UInt8](repeating: 0, count: count)).count == header + count)
  }
}
