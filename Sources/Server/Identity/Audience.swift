/// Who may ask for a route; every route names one.
enum Audience: Sendable, Hashable, CaseIterable {
  /// Anybody: the page's files, log-in, and whether the server lives.
  case anyone
  /// Anybody where nobody needs an account, else a known user: what the form is made of, metrics.
  case visitor
  /// A known user, who sees their own things only.
  case user
  /// A known user, or somebody who becomes one by asking, where anybody may: a tool's first job needs no
  /// visit before it.
  case newcomer
  /// A person logged in with a password, in person: no API token changes a password or makes tokens.
  case account
  /// An admin; the local user of `--access single` is one.
  case admin
}
