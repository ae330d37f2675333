/// What an API token may be used for.
public enum TokenScope: String, Codable, Sendable, CaseIterable {
  /// Whatever changes something of one's own: jobs, pictures, uploads.
  case submit
  /// Whatever shows something of one's own.
  case read
  /// An admin's work.
  case admin
}
