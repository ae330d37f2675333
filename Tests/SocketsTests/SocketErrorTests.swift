import Sockets
import Testing

@Suite struct SocketErrorTests {
  @Test(arguments: [
    (SocketError.system(call: "listen", errno: 98), "listen failed: address already in use (errno 98)"),
    (.timedOut(call: "connect"), "connect timed out"),
    (.invalidAddress("x"), "expected an address such as 127.0.0.1:3000 or [::1]:3000; got 'x'"),
    (.fileTooShort(expected: 10, sent: 3), "the file ended after 3 of 10 bytes"),
    (.busy(call: "read"), "read: another task is already waiting on this connection"),
  ])
  func `messages say what was expected and found`(error: SocketError, text: String) {
    #expect(error.description == text)
  }

  @Test func `a vanished peer is told from other failures`() {
    #expect(SocketError.system(call: "send", errno: 32).isDisconnect)
    #expect(SocketError.system(call: "recv", errno: 104).isDisconnect)
    #expect(!SocketError.system(call: "recv", errno: 9).isDisconnect)
    #expect(!SocketError.timedOut(call: "read").isDisconnect)
  }
}
