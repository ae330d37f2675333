import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/uploads` with a picture's bytes as the body: 201 with `{id, sha256, width, height}`.
///
/// The kind is read from the bytes, never from the name or the content type. Nothing is decoded here.
struct UploadPicture: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    let header: PictureHeader
    do { header = try PictureHeader.read(request.body) } catch { throw error.apiError }
    guard try await services.uploads.freeBytes() >= services.configuration.limits.freeSpaceFloor,
      try await services.hasRoom(user)
    else {
      throw APIError(
        status: 507, error: UserError(code: "disk_full", message: "there is no space left for your pictures"))
    }
    try await services.welcome(context.identity)
    let sha256 = try await services.uploads.store(request.body)
    let upload = try await services.store.addUpload(
      NewUpload(
        owner: user, ownerKind: services.configuration.access.userKind, sha256: sha256,
        width: header.width, height: header.height, mediaType: header.kind.mediaType,
        bytes: request.body.count))
    return try .document(UploadDocument(upload), status: .created)
  }
}
