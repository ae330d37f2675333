import HTTP
import HTTPTypes

/// `GET /api/capabilities`: what the workers offer, for the page's form.
struct GetCapabilities: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let document = CapabilitiesDocument(
      offers: services.capabilities.offers, workers: services.capabilities.statuses,
      access: services.configuration.access)
    return try .document(document)
  }
}
