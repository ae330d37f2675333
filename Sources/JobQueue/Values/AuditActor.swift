public import Generation

/// Who did something, with the name of that day.
public struct AuditActor: Equatable, Sendable {
  /// The user.
  public var id: UserID
  /// The name then.
  public var name: String

  /// Names somebody.
  public init(id: UserID, name: String) {
    self.id = id
    self.name = name
  }

  /// The machine's owner, at its command line.
  public static let owner = AuditActor(id: UserID("owner"), name: "command line")
}
