import Generation
import HTTP
import JobQueue

/// `PATCH /api/images/{id}` with `{"favourite": true}`: keeps one of the caller's pictures, or not.
struct UpdateImage: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let fields = try RequestFields(request.body, only: ["favourite"])
    let favourite = try fields.requiredBool("favourite")
    let id = ImageID(context.parameters["id"])
    guard let image = try await services.store.setFavourite(id, owner: user, favourite) else {
      throw APIError.notFound("image")
    }
    return try .document(ImageDocument(image))
  }
}
