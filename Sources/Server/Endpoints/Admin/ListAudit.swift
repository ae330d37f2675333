import HTTP
import JobQueue

/// `GET /api/admin/audit?limit=&before=`: what admins did, newest first.
struct ListAudit: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let target = request.head.target
    let limit = try number(target[query: "limit"], "limit", 1...200) ?? 50
    let before = try number(target[query: "before"], "before", 0...Int64.max)
    return try .document(
      AuditDocument(try await services.store.auditEntries(limit: Int(limit), before: before)))
  }

  private func number(
    _ text: String?, _ name: String, _ range: ClosedRange<Int64>
  ) throws(APIError) -> Int64? {
    guard let text else { return nil }
    guard let value = Int64(text), range.contains(value) else {
      throw .invalid(
        "bad_query",
        "\(name) must be a number from \(range.lowerBound) to \(range.upperBound); got '\(JSONValue.shortened(text))'",
        field: name)
    }
    return value
  }
}
