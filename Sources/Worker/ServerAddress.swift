/// Where the server's worker port is: `HOST:PORT`, IPv6 in brackets.
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
  /// Host name or numeric address without brackets.
  public let host: String
  /// TCP port.
  public let port: UInt16

  /// Reads `HOST:PORT`.
  ///
  /// - Throws: `WorkerError.malformedServer`.
  public init(parsing text: String) throws(WorkerError) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { throw .malformedServer(text) }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { throw .malformedServer(text) }
    self.host = String(host)
    self.port = port
  }

  /// `HOST:PORT`.
  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
