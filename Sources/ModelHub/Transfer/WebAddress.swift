import FoundationEssentials

/// An absolute http or https address.
public struct WebAddress: Equatable, Sendable {
  /// Whom a secret is for: scheme, host and port.
  struct Origin: Equatable, Sendable {
    let scheme, host: String
    let port: Int
  }

  /// The address as text, without user, password and fragment.
  let text: String
  /// Who is asked.
  let origin: Origin
  /// The path, percent-decoded, beginning with a slash.
  let path: String

  /// Reads an address; throws `badAddress` for anything but http and https with a host.
  public init(_ text: String) throws(HubError) {
    guard let url = URL(string: text) else { throw Self.refused(text) }
    try self.init(url, shown: text)
  }

  private init(_ url: URL, shown: String) throws(HubError) {
    guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: true),
      let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http",
      let host = parts.host?.lowercased(), !host.isEmpty, parts.user == nil, parts.password == nil
    else { throw Self.refused(shown) }
    parts.fragment = nil
    guard let text = parts.string, !text.utf8.contains(where: { $0 < 0x21 || $0 == 0x7F }) else {
      throw Self.refused(shown)
    }
    self.text = text
    origin = Origin(scheme: scheme, host: host, port: parts.port ?? (scheme == "https" ? 443 : 80))
    path = parts.path
  }

  /// The address with a path's percent-encoded parts behind it.
  func appending(_ path: String) throws(HubError) -> WebAddress {
    let encoded = path.split(separator: "/").map { Self.encoded($0) }.joined(separator: "/")
    return try WebAddress("\(base)/\(encoded)")
  }

  /// The address with one part behind it, slashes and all, and a query.
  func appending(part: String, query: String) throws(HubError) -> WebAddress {
    try WebAddress("\(base)/\(Self.encoded(part[...]))?\(query)")
  }

  private var base: String { text.hasSuffix("/") ? String(text.dropLast()) : text }

  /// Where a `Location` header leads from here.
  func following(_ location: String) throws(HubError) -> WebAddress {
    guard let base = URL(string: text), let url = URL(string: location, relativeTo: base) else {
      throw .redirect(host: origin.host, reason: "redirects to something that is no address")
    }
    let next: WebAddress
    do { next = try WebAddress(url.absoluteURL, shown: "a redirect") } catch {
      throw .redirect(host: origin.host, reason: "redirects to something that is no http or https address")
    }
    guard origin.scheme == "http" || next.origin.scheme == "https" else {
      throw .redirect(host: origin.host, reason: "redirects from https to http: refused")
    }
    return next
  }

  /// Whether nobody on the way can read what is sent: https, or this host itself.
  var isPrivate: Bool {
    origin.scheme == "https" || ["localhost", "127.0.0.1", "[::1]", "::1"].contains(origin.host)
  }

  private static func encoded(_ part: Substring) -> String {
    var encoded = ""
    for byte in part.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }

  private static func refused(_ text: String) -> HubError {
    // A query may hold a secret.
    let shown = text.prefix { $0 != "?" }.prefix(200)
    return .badAddress(String(shown), expected: "an http or https address without user and password")
  }
}
