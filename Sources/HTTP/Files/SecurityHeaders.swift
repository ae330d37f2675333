internal import HTTPTypes

/// The headers that keep a browser from doing more with a response than it should.
public enum SecurityHeaders {
  /// For the page: everything from this server alone, no inline script, no frames around it.
  public static let pagePolicy = """
    default-src 'self'; img-src 'self' data: blob:; connect-src 'self'; script-src 'self'; style-src 'self'; \
    object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'
    """
  /// For data (JSON, pictures): nothing at all, should a browser be led to open it as a document.
  public static let dataPolicy = "default-src 'none'; frame-ancestors 'none'"

  /// Adds what is missing to a response: `nosniff`, a content policy by kind, no referrer, same-origin resources.
  public static func apply(to response: inout Response) {
    if !response.headers.contains(.xContentTypeOptions) { response.headers[.xContentTypeOptions] = "nosniff" }
    // What a 304 says replaces what the browser stored with the page: the page's own policy has to stay.
    if response.status != .notModified, !response.headers.contains(.contentSecurityPolicy) {
      let isPage = response.headers[.contentType]?.hasPrefix("text/html") == true
      response.headers[.contentSecurityPolicy] = isPage ? pagePolicy : dataPolicy
    }
    add("Referrer-Policy", "no-referrer", to: &response)
    add("Cross-Origin-Resource-Policy", "same-origin", to: &response)
    add("Cross-Origin-Opener-Policy", "same-origin", to: &response)
  }

  private static func add(_ name: String, _ value: String, to response: inout Response) {
    guard let name = HTTPField.Name(name), !response.headers.contains(name) else { return }
    response.headers[name] = value
  }
}
