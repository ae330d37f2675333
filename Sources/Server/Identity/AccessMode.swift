import JobQueue

/// Who may use this server.
public enum AccessMode: String, Sendable, CaseIterable {
  /// Everybody is one local user; loopback only.
  case single
  /// Each browser is a private user of its own.
  case open
  /// People with passwords, invited by an admin.
  case accounts
}

extension AccessMode {
  /// How this mode's users come to be.
  var userKind: UserKind {
    switch self {
    case .single: .local
    case .open: .anonymous
    case .accounts: .account
    }
  }
}
