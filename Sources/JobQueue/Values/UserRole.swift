/// What a person with an account may do.
public enum UserRole: String, Codable, Sendable, CaseIterable {
  /// Makes pictures.
  case user
  /// Also looks after workers, the queue, and people.
  case admin
}
