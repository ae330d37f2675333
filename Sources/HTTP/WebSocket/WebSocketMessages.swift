/// The messages of a peer as a sequence; ends when the conversation does.
public struct WebSocketMessages: AsyncSequence, Sendable {
  let connection: WebSocketConnection

  /// Takes messages one by one.
  public struct Iterator: AsyncIteratorProtocol {
    let connection: WebSocketConnection

    /// The next message; `nil` at the end.
    public mutating func next() async -> WebSocketMessage? {
      await connection.nextMessage()
    }
  }

  /// An iterator; one at a time.
  public func makeAsyncIterator() -> Iterator {
    Iterator(connection: connection)
  }
}
