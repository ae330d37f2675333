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

  /// Adds what is missing to a response: `nosniff`, a content policy by kind, no referrer, same-origin resources, and
  /// that nobody stores what says nothing of it: a cache may keep an answer to one person's cookie for others, and a
  /// 404 for a time of its own choice (RFC 9111 sections 3 and 4.2.2).
  ///
  /// A prepared response has them already.
  public static func apply(to response: inout Response) {
    if response.preparedHead != nil { return }
    if !response.headers.contains(.xContentTypeOptions) { response.headers[.xContentTypeOptions] = "nosniff" }
    // What a 304 says replaces what the browser stored with the page: the page's own policy has to stay.
    if response.status != .notModified, !response.headers.contains(.contentSecurityPolicy) {
      let isPage = response.headers[.contentType]?.hasPrefix("text/html") == true
      response.headers[.contentSecurityPolicy] = isPage ? pagePolicy : dataPolicy
    }
    for field in always where !response.headers.contains(field.name) { response.headers.append(field) }
  }

  private static let always = [
    ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"), ("Cache-Control", "no-store"),
  ].compactMap { name, value in HTTPField.Name(name).map { HTTPField(name: $0, value: value) } }
}
