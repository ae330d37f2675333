/// A request with its whole body.
public struct Request: Sendable {
  /// Everything but the body.
  public var head: RequestHead
  /// The body, within the limit of its route.
  public var body: [UInt8]

  /// A request from its parts.
  public init(_ head: RequestHead, body: [UInt8] = []) {
    self.head = head
    self.body = body
  }
}
