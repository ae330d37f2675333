import Generation
import HTTP
import JobQueue

/// `GET /api/images/{id}`: a picture of the caller, as a PNG.
///
/// With `?download` a browser saves it under a name made of the seed and the picture's id.
struct GetImage: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let id = ImageID(context.parameters["id"])
    guard let image = try await services.store.image(id, owner: user),
      let file = try await services.images.find(image.sha256, .full)
    else { throw APIError.notFound("image") }
    let wantsName = request.head.target.query.contains { $0.name == "download" }
    let name = wantsName ? "atelier-\(image.seed)-\(image.id.rawValue.prefix(6)).png" : nil
    return try await PictureResponse(files: services.files)
      .response(to: request.head, file: file, entityTag: "\"\(image.sha256)\"", downloadName: name)
  }
}
