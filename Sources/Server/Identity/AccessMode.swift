/// Who may use this server.
public enum AccessMode: String, Sendable, CaseIterable {
  /// Everybody is one local user; loopback only.
  case single
  /// Each browser is a private user of its own.
  case open
  /// People with passwords; not built yet.
  case accounts
}
