import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `DELETE /api/images/{id}`: forgets one of the caller's pictures; 204.
///
/// Its file goes with the next sweep, when no other row names it.
struct DeleteImage: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    guard try await services.store.deleteImage(ImageID(context.parameters["id"]), owner: user) else {
      throw APIError.notFound("image")
    }
    return Response(.noContent)
  }
}
