import Testing

@testable import HTTP

@Suite struct WebSocketOutboxTests {
  private func outbox(messages: Int = 4, bytes: Int = 100) -> WebSocketOutbox {
    var limits = WebSocketLimits()
    limits.outboxMessages = messages
    limits.outboxBytes = bytes
    return WebSocketOutbox(limits: limits)
  }

  @Test func `messages leave in order, control frames before them, the close frame last`() {
    var box = outbox()
    #expect(box.add([1], .reliable) == true)
    #expect(box.add([2], .latest("a")) == true)
    box.addControl([9])
    box.addClosing([8], dropping: false)
    #expect(box.add([3], .reliable) == true)
    box.addControl([10])
    #expect(box.take() == [9, 1, 2, 8])
    #expect(box.isEmpty)
    #expect(box.byteCount == 0)
  }

  @Test func `the newest of a key replaces the older one`() {
    var box = outbox()
    #expect(box.add([1], .latest("a")) == true)
    #expect(box.add([2], .latest("b")) == true)
    #expect(box.add([3], .reliable) == true)
    #expect(box.add([4], .latest("a")) == true)
    #expect(box.take() == [2, 3, 4])
  }

  @Test func `reliable messages push out the latest ones, the oldest first`() {
    var box = outbox(messages: 3)
    #expect(box.add([1], .latest("a")) == true)
    #expect(box.add([2], .latest("b")) == true)
    #expect(box.add([3], .reliable) == true)
    #expect(box.add([4], .reliable) == true)
    #expect(box.add([5], .reliable) == true)
    #expect(box.add([6], .reliable) == false)
    #expect(box.take() == [3, 4, 5])
  }

  @Test func `a latest message without room is dropped, and that is no error`() {
    var box = outbox(messages: 2)
    #expect(box.add([1], .reliable) == true)
    #expect(box.add([2], .reliable) == true)
    #expect(box.add([3], .latest("a")) == true)
    #expect(box.take() == [1, 2])
  }

  @Test func `bytes are counted too`() {
    var box = outbox(messages: 100, bytes: 10)
    #expect(box.add([UInt8](repeating: 1, count: 6), .reliable) == true)
    #expect(box.add([UInt8](repeating: 2, count: 5), .reliable) == false)
    #expect(box.add([UInt8](repeating: 3, count: 4), .reliable) == true)
    #expect(!box.hasRoom)
    #expect(box.take().count == 10)
    #expect(box.hasRoom)
  }

  @Test func `closing may drop what waits, and happens once`() {
    var box = outbox()
    #expect(box.add([1], .reliable) == true)
    box.addClosing([8], dropping: true)
    box.addClosing([9], dropping: true)
    #expect(box.take() == [8])
  }

  @Test func `pongs are bounded`() {
    var box = outbox()
    for _ in 0..<1000 { box.addControl([1]) }
    #expect(box.take().count == WebSocketOutbox.maxControls)
  }

  @Test func `about 64 KiB leave at once`() {
    var box = outbox(messages: 10, bytes: 1 << 20)
    for _ in 0..<3 { #expect(box.add([UInt8](repeating: 0, count: 30_000), .reliable) == true) }
    #expect(box.take().count == 60_000)
    #expect(box.take().count == 30_000)
    #expect(box.add([UInt8](repeating: 0, count: 300_000), .reliable) == true)
    #expect(box.take().count == 300_000)
  }
}
