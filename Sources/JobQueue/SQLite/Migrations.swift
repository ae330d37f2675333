import GRDB

/// The schema's history.
///
/// Append steps; never change one that was released.
enum Migrations {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 users, jobs, images, events") { db in
      for statement in Schema1.statements { try db.execute(sql: statement) }
    }
    migrator.registerMigration("2 accounts, tokens, invitations, audit") { db in
      for statement in Schema2.statements { try db.execute(sql: statement) }
    }
    migrator.registerMigration("3 users without an account can be shut out") { db in
      try db.execute(sql: "ALTER TABLE user ADD COLUMN banned INTEGER NOT NULL DEFAULT 0")
    }
    migrator.registerMigration("4 grids") { db in
      for statement in Schema4.statements { try db.execute(sql: statement) }
    }
    migrator.registerMigration("5 pictures the safety checker made black") { db in
      try db.execute(sql: "ALTER TABLE image ADD COLUMN flagged INTEGER NOT NULL DEFAULT 0")
    }
    return migrator
  }

  /// Brings the schema up to date.
  static func run(_ queue: DatabaseQueue) throws {
    let newer: String? = try queue.read { db in
      let known = Set(migrator.migrations)
      return try migrator.appliedIdentifiers(db).filter { !known.contains($0) }.min()
    }
    if let newer { throw JobQueueError.newerSchema(step: newer) }
    try migrator.migrate(queue)
  }
}
