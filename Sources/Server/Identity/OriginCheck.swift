import HTTPTypes

/// Decides whether a request that changes something, or opens a WebSocket, comes from our own page.
enum OriginCheck {
  private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

  /// Whether the request may go on.
  ///
  /// A browser says `Origin` on every such request, and a page cannot keep it from doing so (Fetch
  /// standard, "append a request `Origin` header"; RFC 6455 section 4.1). A request without one comes
  /// from a tool, with or without a cookie, and no page can have sent it.
  ///
  /// - Parameter isSecure: whether a trusted proxy says that the browser's connection is encrypted.
  static func passes(_ fields: HTTPFields, host: String, isSecure: Bool = false) -> Bool {
    let site = fetchSite.flatMap { fields[$0] }
    if let site, site != "same-origin" { return false }
    guard let origin = fields[.origin] else { return true }
    if isSecure { return matches(origin, "https", host) }
    if matches(origin, "http", host) { return true }
    // Behind a proxy that speaks TLS and is not known to us the browser vouches for the scheme.
    return site != nil && matches(origin, "https", host)
  }

  /// `null` and anything that is no exact scheme, host and port of ours is foreign.
  private static func matches(_ origin: String, _ scheme: String, _ host: String) -> Bool {
    let defaultPort = scheme == "http" ? ":80" : ":443"
    let host = host.lowercased()
    let bare = host.hasSuffix(defaultPort) ? String(host.dropLast(defaultPort.count)) : host
    return origin.lowercased() == "\(scheme)://\(bare)"
  }
}
