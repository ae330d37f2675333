import JobQueue

/// Makes an admin from the command line, whether the server runs or not: the first one can only be made here.
public struct AdminAccount: Sendable {
  private let folder: String

  /// Names the data folder.
  public init(dataFolder: String) { folder = dataFolder }

  /// Makes the admin `name`, or makes the account of that name an admin with this password and ends its
  /// sessions; true when it is new.
  ///
  /// - Throws: `APIError` for a name or password that cannot be, `ControlError`, `JobQueueError`,
  ///   `ServerError`.
  public func create(name: String, password: String) async throws -> Bool {
    let name = try AccountName(name)
    let hash = try PasswordHash(try Password(new: password, field: "password")).text
    let request = ControlCommand.AdminRequest(name: name.text, nameKey: name.key, passwordHash: hash)
    do {
      return try await ControlClient(folder: folder).ask(.createAdmin(request)) == Self.made
    } catch ControlError.nobodyListens {
      return try await FolderOwner.acting(in: folder) {
        let store = try SQLiteJobStore.open(folder: try DataFolder(folder).path)
        let isNew = try await store.createAdmin(request.account).isNew
        try store.close()
        return isNew
      }
    }
  }

  /// The server's side.
  static func create(_ request: ControlCommand.AdminRequest, _ services: Services) async throws -> String {
    let (record, isNew) = try await services.store.createAdmin(request.account)
    services.accounts.hasAccounts.set()
    services.hub.endSessions(of: record.id)
    return isNew ? made : "changed"
  }

  private static let made = "made"
}
