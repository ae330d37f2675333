/// How to ask hosts: who asks, how patiently, and when to stop.
public struct HubSession: Sendable {
  /// A secret for one host.
  struct Credential: Sendable {
    let token: String
    let origin: WebAddress.Origin
  }

  /// The secret, sent to its host only.
  var credential: Credential?
  /// Whether somebody said stop; asked often.
  let isInterrupted: @Sendable () -> Bool
  /// Seconds without a byte after which a connection counts as broken.
  var patience = 60

  private static let redirectLimit = 10

  /// A session without a token.
  public init(isInterrupted: @escaping @Sendable () -> Bool = { false }) {
    self.isInterrupted = isInterrupted
  }

  /// Gives the session a token for a host.
  ///
  /// Throws `badAddress` for one that could be read on the way, or that is no token.
  public mutating func authorize(_ token: String, for address: WebAddress) throws(HubError) {
    guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .badAddress("the token", expected: "a token of printable characters without spaces")
    }
    guard address.isPrivate else {
      throw .badAddress(address.origin.host, expected: "https, since a token is sent")
    }
    credential = Credential(token: token, origin: address.origin)
  }

  /// Asks for an address and follows redirects; the token goes to its own host and to no other.
  /// - Returns: The head of the last response.
  @discardableResult func get(
    _ address: WebAddress, headers: [String] = [], into sink: any ResponseSink
  ) throws(HubError) -> ResponseHead {
    var address = address
    for _ in 0...Self.redirectLimit {
      var lines = ["User-Agent: atelier"] + headers
      let token = credential.flatMap { $0.origin == address.origin ? $0.token : nil }
      if let token { lines.append("Authorization: Bearer \(token)") }
      let transfer = Transfer(address, sink: sink, session: self)
      let head = try transfer.run(lines)
      if head.status == 401 || head.status == 403 {
        throw .denied(host: address.origin.host, code: head.status, hadToken: token != nil)
      }
      guard head.isRedirect, let location = head["location"] else { return head }
      sink.redirected(head)
      address = try address.following(location)
    }
    throw .redirect(host: address.origin.host, reason: "more than \(Self.redirectLimit) redirects")
  }
}
