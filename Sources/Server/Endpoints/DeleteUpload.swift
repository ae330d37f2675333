import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `DELETE /api/uploads/{id}`: forgets an uploaded picture of the caller; 204.
///
/// Jobs that were taken with it keep it; its file goes with the next sweep after them.
struct DeleteUpload: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    guard try await services.store.deleteUpload(UploadID(context.parameters["id"]), owner: user) else {
      throw APIError.notFound("upload")
    }
    return Response(.noContent)
  }
}
