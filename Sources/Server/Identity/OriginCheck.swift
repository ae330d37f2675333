import HTTPTypes

/// Decides whether a request that changes something, or opens a WebSocket, comes from our own page.
enum OriginCheck {
  private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

  /// Whether the request may go on.
  ///
  /// A browser says `Origin` (and, when it is newer, `Sec-Fetch-Site`) on every such request. One
  /// without either comes from a tool, and may go on as long as no session cookie comes with it.
  static func passes(_ fields: HTTPFields, host: String, hasCookie: Bool) -> Bool {
    let site = fetchSite.flatMap { fields[$0] }
    if let site, site != "same-origin" { return false }
    guard let origin = fields[.origin] else { return site != nil || !hasCookie }
    if matches(origin, "http", host) { return true }
    // Behind a proxy that speaks TLS the browser vouches for the scheme.
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
