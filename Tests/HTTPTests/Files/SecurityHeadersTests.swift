import HTTPTypes
import Testing

@testable import HTTP

@Suite struct SecurityHeadersTests {
  @Test func `a page gets the page's policy and data none at all`() {
    var page = Response(.ok, headers: [.contentType: "text/html; charset=utf-8"])
    SecurityHeaders.apply(to: &page)
    #expect(page.headers[.contentSecurityPolicy] == SecurityHeaders.pagePolicy)
    var data = Response(.ok, headers: [.contentType: "application/json"])
    SecurityHeaders.apply(to: &data)
    #expect(data.headers[.contentSecurityPolicy] == SecurityHeaders.dataPolicy)
  }

  @Test func `what says nothing of caches is not stored`() {
    var response = Response(.notFound)
    SecurityHeaders.apply(to: &response)
    #expect(response.headers[.cacheControl] == "no-store")
    var page = Response(.ok, headers: [.cacheControl: "no-cache"])
    SecurityHeaders.apply(to: &page)
    #expect(page.headers[.cacheControl] == "no-cache")
  }

  @Test func `an unchanged page keeps the policy it was stored with`() {
    var response = Response(.notModified)
    SecurityHeaders.apply(to: &response)
    #expect(response.headers[.contentSecurityPolicy] == nil)
    #expect(response.headers[.xContentTypeOptions] == "nosniff")
  }
}
