internal import CLinux

/// An IPv4 or IPv6 address with a port.
public struct SocketAddress: Hashable, Sendable {
  /// Which of the two address families.
  public enum Family: UInt8, Sendable {
    /// IPv4.
    case v4 = 4
    /// IPv6.
    case v6 = 6
  }

  /// The address family.
  public let family: Family
  /// The upper 64 bits of an IPv6 address; 0 for IPv4.
  public let high: UInt64
  /// The lower 64 bits of an IPv6 address, or the 32 bits of an IPv4 address.
  public let low: UInt64
  /// The port in host byte order.
  public var port: UInt16
  /// The IPv6 scope, 0 for none.
  public let scope: UInt32

  /// An address from its bits.
  public init(family: Family, high: UInt64 = 0, low: UInt64, port: UInt16, scope: UInt32 = 0) {
    self.family = family
    self.high = high
    self.low = low
    self.port = port
    self.scope = scope
  }

  /// 127.0.0.1 at a port; port 0 lets the system choose.
  public static func loopback(port: UInt16) -> SocketAddress {
    SocketAddress(family: .v4, low: 0x7F00_0001, port: port)
  }

  /// A numeric address without a port: `127.0.0.1`, `::1` or `[::1]`.
  ///
  /// Throws `SocketError.invalidAddress`.
  public init(host: String, port: UInt16) throws(SocketError) {
    var text = host
    if text.hasPrefix("["), text.hasSuffix("]") { text = String(text.dropFirst().dropLast()) }
    var raw = clinux_address()
    guard !text.utf8.contains(0), unsafe clinux_parse_address(text, &raw) == 0 else {
      throw .invalidAddress(host)
    }
    raw.port = port
    self = try SocketAddress(raw)
  }

  /// Parses `127.0.0.1:3000` or `[::1]:3000`.
  ///
  /// Throws `SocketError.invalidAddress`.
  public init(parsing text: String) throws(SocketError) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
      text[text.index(after: colon)...].utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { throw .invalidAddress(text) }
    let host = text[..<colon]
    if host.contains(":"), !host.hasPrefix("[") { throw .invalidAddress(text) }
    do { try self.init(host: String(host), port: port) } catch { throw .invalidAddress(text) }
  }

  /// The addresses of a host name or numeric address, in the order to try them.
  ///
  /// Asks the resolver and blocks: call it on a `ThreadExecutor`. Throws `SocketError.system` with ENOENT.
  public static func resolve(host: String, port: UInt16) throws(SocketError) -> [SocketAddress] {
    if let numeric = try? SocketAddress(host: host, port: port) { return [numeric] }
    guard !host.utf8.contains(0) else { throw .invalidAddress(host) }
    var raw = [clinux_address](repeating: clinux_address(), count: 16)
    let count = try check(unsafe clinux_resolve(host, port, &raw, Int32(raw.count)), "getaddrinfo")
    return try raw.prefix(Int(count)).map { (address) throws(SocketError) in try SocketAddress(address) }
  }

  /// Whether the address is this host's loopback (127.0.0.0/8, ::1 or ::ffff:127.0.0.0/104).
  public var isLoopback: Bool {
    switch family {
    case .v4: low >> 24 == 127
    case .v6: high == 0 && (low == 1 || low >> 24 == 0xFFFF_7F)
    }
  }

  /// The address with its port set to 0, for counting by host.
  public var withoutPort: SocketAddress {
    var copy = self
    copy.port = 0
    return copy
  }

  /// Who it belongs to, for counting by sender: whoever has one IPv6 address has the 2⁶⁴ of its network.
  public var sender: SocketAddress {
    guard family == .v6, !isLoopback, high != 0 else { return withoutPort }
    return SocketAddress(family: .v6, high: high, low: 0, port: 0)
  }

  /// The numeric host without brackets: `127.0.0.1`, `::1`.
  public var host: String {
    var address = raw
    let text = unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer -> String? in
      guard let base = buffer.baseAddress, unsafe clinux_format_address(&address, base) == 0 else {
        return nil
      }
      return unsafe String(cString: base)
    }
    return text ?? "?"
  }
}

extension SocketAddress: CustomStringConvertible {
  /// `127.0.0.1:3000` or `[::1]:3000`.
  public var description: String {
    family == .v4 ? "\(host):\(port)" : "[\(host)]:\(port)"
  }
}

extension SocketAddress {
  /// The address as CLinux takes it.
  var raw: clinux_address {
    clinux_address(family: family.rawValue, port: port, scope: scope, high: high, low: low)
  }

  /// The address as CLinux gives it.
  init(_ raw: clinux_address) throws(SocketError) {
    guard let family = Family(rawValue: raw.family) else { throw .invalidAddress("family \(raw.family)") }
    self.init(family: family, high: raw.high, low: raw.low, port: raw.port, scope: raw.scope)
  }
}
