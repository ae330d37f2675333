import GRDB

extension JobQueueError {
  /// What a failure inside a transaction means; SQLite's arguments (prompts) never get into the text.
  init(_ error: any Error) {
    if let known = error as? JobQueueError {
      self = known
      return
    }
    guard let error = error as? DatabaseError else {
      self = .storage(code: -1, message: "\(type(of: error))")
      return
    }
    let message = error.message ?? "no message"
    switch error.resultCode {
    case .SQLITE_FULL: self = .diskFull
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(detail: message)
    default: self = .storage(code: Int(error.extendedResultCode.rawValue), message: message)
    }
  }
}
