import FoundationEssentials
import Generation
import HTTP
import HTTPTypes
import JobQueue

/// `POST /api/account/tokens`: a new API token; 201 with its secret, which is never shown again.
struct CreateToken: Endpoint {
  private let services: Services

  init(_ services: Services) { self.services = services }

  func respond(_ request: Request, _ context: AppContext) async throws -> Response {
    let account = try context.identity.requireAccount()
    let fields = try RequestFields(request.body, only: ["name", "scopes", "expires_days"])
    let name = try fields.required("name")
    guard (1...64).contains(name.unicodeScalars.count) else {
      throw APIError.invalid("bad_name", "name must have 1 to 64 characters", field: "name")
    }
    let scopes = try scopes(fields, account.role)
    let days = fields.isGiven("expires_days") ? try fields.integer("expires_days", 1...3650) : nil
    let secret = APIToken()
    let limit = services.configuration.limits.tokensPerUser
    let record = try await services.store.createToken(
      NewToken(
        owner: account.id, name: name, scopes: scopes, secretSHA256: secret.sha256,
        expiresAt: days.map { Date() + Double($0) * 86_400 }), limit: limit)
    guard let record else {
      throw APIError(
        status: 409,
        error: .init(
          code: "too_many_tokens", message: "you have \(limit) API tokens, the most allowed; delete some"))
    }
    return try .document(TokenDocument(record, secret: secret.text), status: .created)
  }

  private func scopes(_ fields: RequestFields, _ role: UserRole) throws(APIError) -> Set<TokenScope> {
    let allowed = TokenScope.allCases.filter { $0 != .admin || role == .admin }
    let expected = "a list of \(allowed.map(\.rawValue).joined(separator: ", "))"
    guard let value = fields.value("scopes") else {
      throw fields.missing("scopes", expected)
    }
    guard case .array(let items) = value, !items.isEmpty else {
      throw fields.wrong("scopes", expected, value)
    }
    var scopes: Set<TokenScope> = []
    for item in items {
      guard case .string(let text) = item, let scope = TokenScope(rawValue: text), allowed.contains(scope)
      else { throw fields.wrong("scopes", expected, item, code: "unknown_scope") }
      scopes.insert(scope)
    }
    return scopes
  }
}
