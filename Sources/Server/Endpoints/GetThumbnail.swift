import Generation
import HTTP
import JobQueue

/// `GET /api/images/{id}/thumbnail`: a small version of a picture of the caller.
///
/// The whole picture stands in for a small one that the worker did not make.
struct GetThumbnail: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let id = ImageID(context.parameters["id"])
    guard let image = try await services.store.image(id, owner: user) else {
      throw APIError.notFound("image")
    }
    let pictures = PictureResponse(files: services.files)
    if image.hasThumbnail, let file = try await services.images.find(image.sha256, .thumbnail) {
      return try await pictures.response(
        to: request.head, file: file, entityTag: "\"\(image.sha256)-thumbnail\"")
    }
    guard let file = try await services.images.find(image.sha256, .full) else {
      throw APIError.notFound("image")
    }
    return try await pictures.response(to: request.head, file: file, entityTag: "\"\(image.sha256)\"")
  }
}
