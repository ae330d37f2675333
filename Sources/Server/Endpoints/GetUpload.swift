import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `GET /api/uploads/{id}`: an uploaded picture of the caller, as it came.
struct GetUpload: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let id = UploadID(context.parameters["id"])
    guard let record = try await services.store.upload(id, owner: user),
      let file = try await services.uploads.find(record.upload.sha256, .full)
    else { throw APIError.notFound("upload") }
    return try await PictureResponse(files: services.files).response(
      to: request.head, file: file, entityTag: "\"\(record.upload.sha256)\"",
      contentType: record.upload.mediaType)
  }
}
