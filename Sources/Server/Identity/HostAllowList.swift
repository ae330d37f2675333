import Sockets
import Synchronization

/// Decides whether a `Host` header may name this server.
///
/// A page that re-binds its own DNS name to this address is same-origin to the browser; only the name
/// in `Host` tells it from the real one, so the list is in force in every mode, on loopback too.
final class HostAllowList: Sendable {
  /// How many allowed headers are remembered as they are: nearly all requests name one of very few.
  private static let remembered = 8

  private let names: Set<String>
  private let allowsAnyAddress: Bool
  private let allowed = Mutex<[String]>([])

  /// Allows loopback's names, the address listened on and the host names given.
  ///
  /// Listening on every address allows any IP literal: an attacker's page cannot be same-origin with
  /// one it does not serve.
  init(listen: String, hostNames: [String]) {
    let address = Self.bare(listen.lowercased())
    allowsAnyAddress = address == "0.0.0.0" || address == "::"
    names = Set(["localhost", "127.0.0.1", "::1", address] + hostNames.map { Self.bare($0.lowercased()) })
  }

  /// Whether `host`, the header's value with or without a port, is one of ours.
  func allows(_ host: String) -> Bool {
    if allowed.withLock({ $0.contains(host) }) { return true }
    guard let name = Self.name(of: host), names.contains(name) || allowsAnyAddress && Self.isAddress(name)
    else { return false }
    allowed.withLock { if $0.count < Self.remembered { $0.append(host) } }
    return true
  }

  /// The name or address without port and brackets, in lower case; nil when it is malformed.
  static func name(of host: String) -> String? {
    let host = host.lowercased()
    let name: Substring
    let rest: Substring
    if host.first == "[" {
      guard let end = host.firstIndex(of: "]") else { return nil }
      name = host[host.index(after: host.startIndex)..<end]
      rest = host[host.index(after: end)...]
    } else {
      let end = host.firstIndex(of: ":") ?? host.endIndex
      name = host[..<end]
      rest = host[end...]
    }
    guard rest.isEmpty || isPort(rest.dropFirst()) && rest.first == ":" else { return nil }
    // "localhost." is the same name; browsers send the dot.
    let trimmed = name.last == "." ? name.dropLast() : name
    return trimmed.isEmpty ? nil : String(trimmed)
  }

  private static func isPort(_ text: Substring) -> Bool {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) }
      && (Int(text).map { (1...65535).contains($0) } ?? false)
  }

  private static func bare(_ name: String) -> String {
    name.first == "[" && name.last == "]" ? String(name.dropFirst().dropLast()) : name
  }

  private static func isAddress(_ name: String) -> Bool {
    (try? SocketAddress(host: name, port: 0)) != nil
  }
}
