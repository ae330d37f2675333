/// What the fourth step adds: grids of experiments.
enum Schema4 {
  static let statements = [
    """
    CREATE TABLE grid (
      number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      id TEXT NOT NULL UNIQUE,
      user_id TEXT NOT NULL REFERENCES user (id),
      description TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE INDEX grid_user ON grid (user_id, number)",
    "ALTER TABLE job ADD COLUMN grid_id TEXT REFERENCES grid (id)",
    "ALTER TABLE job ADD COLUMN grid_place INTEGER",
    "CREATE INDEX job_grid ON job (grid_id, grid_place) WHERE grid_id IS NOT NULL",
  ]
}
