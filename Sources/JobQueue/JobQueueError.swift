/// Why the queue refused or could not do something.
public enum JobQueueError: Error, Equatable, Sendable {
  /// The user has as many unfinished jobs as allowed.
  case tooManyJobs(limit: Int)
  /// The server has as many unfinished jobs as allowed.
  case queueFull(limit: Int)
  /// Another server uses the data folder.
  case folderInUse
  /// The data folder cannot be used.
  case folderFailed(operation: String, errno: Int32)
  /// The disk is full.
  case diskFull
  /// Something else wrote to the database: it is not ours alone.
  case busy
  /// The database file is damaged; it is neither deleted nor made anew.
  case damaged(detail: String)
  /// The database was written by a newer version of the software.
  case newerSchema(step: String)
  /// SQLite does not keep a setting that durability or safety depends on.
  case settingRefused(pragma: String, expected: String, found: String)
  /// Another failure of the database.
  case storage(code: Int, message: String)
  /// A stored value cannot be read.
  case unreadable(column: String)
}

extension JobQueueError: CustomStringConvertible {
  /// What was expected and what was found, without prompts or paths.
  public var description: String {
    switch self {
    case .tooManyJobs(let limit): "expected at most \(limit) unfinished jobs of one user"
    case .queueFull(let limit): "expected at most \(limit) unfinished jobs on this server"
    case .folderInUse: "the data folder is in use by another server; stop it or choose another with --data"
    case .folderFailed(let operation, let errno):
      "the data folder cannot be used: \(operation) failed with errno \(errno)"
    case .diskFull: "the database cannot be written: the disk is full"
    case .busy: "the database is locked by another program; expected this server to be alone"
    case .damaged(let detail): "the database is damaged and was left as it is: \(detail)"
    case .newerSchema(let step): "the database was written by a newer version (step '\(step)' is unknown)"
    case .settingRefused(let pragma, let expected, let found):
      "SQLite setting \(pragma): expected \(expected); got \(found)"
    case .storage(let code, let message): "the database failed with code \(code): \(message)"
    case .unreadable(let column): "the database holds an unreadable value in \(column)"
    }
  }
}
