import Generation
import HTTP
import JobQueue

/// `GET /api/grids`: the caller's newest grids of experiments, newest first.
struct ListGrids: Endpoint {
  /// Each holds its jobs whole, so a list is short.
  private static let most = 10

  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let user = try context.identity.requireUser()
    var documents: [GridDocument] = []
    for record in try await services.store.grids(owner: user, limit: Self.most) {
      documents.append(try await services.document(record))
    }
    return try .document(GridListDocument(grids: documents))
  }
}
