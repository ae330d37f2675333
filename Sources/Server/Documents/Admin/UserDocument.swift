import Generation
import JobQueue
import Logs

/// One user as an admin sees them: counts, no contents.
struct UserDocument: Encodable, Sendable {
  var id: String
  var name: String
  var kind: String
  var role: UserRole
  var disabled: Bool
  var createdAt: String
  @Nullable var lastLoginAt: String?
  var jobs: Int
  var openJobs: Int
  var images: Int
  var imageBytes: Int

  enum CodingKeys: String, CodingKey {
    case id, name, kind, role, disabled, jobs, images
    case createdAt = "created_at"
    case lastLoginAt = "last_login_at"
    case openJobs = "open_jobs"
    case imageBytes = "image_bytes"
  }

  init(_ user: UserSummary) {
    id = user.id.rawValue
    name = user.name
    kind = user.kind.rawValue
    role = user.role
    disabled = user.isDisabled
    createdAt = Timestamp.text(user.createdAt)
    lastLoginAt = user.lastLoginAt.map(Timestamp.text)
    jobs = user.jobs
    openJobs = user.openJobs
    images = user.images
    imageBytes = user.imageBytes
  }
}

/// Everybody.
struct UserListDocument: Encodable, Sendable {
  var users: [UserDocument]
}
