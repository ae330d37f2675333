import JobQueue
import Logs

/// An API token as its owner sees it.
struct TokenDocument: Encodable, Sendable {
  var id: String
  var name: String
  var scopes: [String]
  var createdAt: String
  @Nullable var lastUsedAt: String?
  @Nullable var expiresAt: String?
  /// The secret itself, only in the answer that made it.
  var token: String?

  enum CodingKeys: String, CodingKey {
    case id, name, scopes, token
    case createdAt = "created_at"
    case lastUsedAt = "last_used_at"
    case expiresAt = "expires_at"
  }

  init(_ record: TokenRecord, secret: String? = nil) {
    id = record.id
    name = record.name
    scopes = TokenScope.allCases.filter(record.scopes.contains).map(\.rawValue)
    createdAt = Timestamp.text(record.createdAt)
    lastUsedAt = record.lastUsedAt.map(Timestamp.text)
    expiresAt = record.expiresAt.map(Timestamp.text)
    token = secret
  }
}

/// A user's API tokens.
struct TokenListDocument: Encodable, Sendable {
  var tokens: [TokenDocument]
}
