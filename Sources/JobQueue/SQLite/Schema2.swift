/// What the second schema adds: accounts, API tokens, invitations and the audit log.
///
/// Times are milliseconds since 1970.
enum Schema2 {
  static let statements = [
    """
    CREATE TABLE account (
      user_id TEXT NOT NULL PRIMARY KEY REFERENCES user (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      name_key TEXT NOT NULL UNIQUE,
      role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
      password TEXT NOT NULL,
      disabled INTEGER NOT NULL DEFAULT 0,
      last_login_at INTEGER
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE api_token (
      id TEXT NOT NULL PRIMARY KEY,
      user_id TEXT NOT NULL REFERENCES account (user_id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      scopes TEXT NOT NULL,
      secret_sha256 TEXT NOT NULL UNIQUE,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER,
      expires_at INTEGER
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX api_token_user ON api_token (user_id)",
    """
    CREATE TABLE invitation (
      id TEXT NOT NULL PRIMARY KEY,
      code_sha256 TEXT NOT NULL UNIQUE,
      role TEXT NOT NULL CHECK (role IN ('user', 'admin')),
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      used_by TEXT REFERENCES account (user_id) ON DELETE SET NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE audit (
      number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      actor_id TEXT NOT NULL,
      actor_name TEXT NOT NULL,
      action TEXT NOT NULL,
      subject TEXT NOT NULL,
      detail TEXT NOT NULL
    ) STRICT
    """,
  ]
}
