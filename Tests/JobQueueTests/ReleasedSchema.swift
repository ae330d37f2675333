import Testing

/// A database as a released version made it, in SQL: a migration must bring each one up to date.
struct ReleasedSchema: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let sql: String

  static let all = [ReleasedSchema(testDescription: "1", sql: schema1)]
}

extension ReleasedSchema {
  /// Version 0.1.0.
  private static let schema1 = #"""
    CREATE TABLE event (
          user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
          seq INTEGER NOT NULL,
          kind TEXT NOT NULL CHECK (kind IN ('job', 'image', 'image_deleted')),
          job_id TEXT NOT NULL,
          image_id TEXT,
          state TEXT,
          created_at INTEGER NOT NULL,
          PRIMARY KEY (user_id, seq)
        ) STRICT, WITHOUT ROWID
        ;
    INSERT INTO "event" VALUES('local',1,'job','job-1',NULL,'finished',1700000002000);
    INSERT INTO "event" VALUES('local',2,'job','job-2',NULL,'queued',1700000003000);
    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
    INSERT INTO "grdb_migrations" VALUES('1 users, jobs, images, events');
    CREATE TABLE idempotency (
          user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
          key TEXT NOT NULL,
          fingerprint TEXT NOT NULL,
          job_number INTEGER NOT NULL REFERENCES job (number) ON DELETE CASCADE,
          created_at INTEGER NOT NULL,
          PRIMARY KEY (user_id, key)
        ) STRICT, WITHOUT ROWID
        ;
    CREATE TABLE image (
          number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          job_number INTEGER NOT NULL REFERENCES job (number) ON DELETE CASCADE,
          user_id TEXT NOT NULL REFERENCES user (id),
          idx INTEGER NOT NULL,
          seed INTEGER NOT NULL,
          width INTEGER NOT NULL,
          height INTEGER NOT NULL,
          sha256 TEXT NOT NULL,
          bytes INTEGER NOT NULL,
          has_thumbnail INTEGER NOT NULL,
          favourite INTEGER NOT NULL DEFAULT 0,
          deleted INTEGER NOT NULL DEFAULT 0,
          created_at INTEGER NOT NULL,
          UNIQUE (job_number, idx)
        ) STRICT
        ;
    INSERT INTO "image" VALUES(1,'image-1',1,'local',0,7,64,64,'abc',100,0,0,0,1700000002000);
    CREATE TABLE job (
          number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
          id TEXT NOT NULL UNIQUE,
          user_id TEXT NOT NULL REFERENCES user (id),
          request TEXT NOT NULL,
          model TEXT NOT NULL,
          cost INTEGER NOT NULL,
          state TEXT NOT NULL
            CHECK (state IN ('queued', 'assigned', 'running', 'finished', 'failed', 'cancelled')),
          attempt INTEGER NOT NULL DEFAULT 0,
          failure_count INTEGER NOT NULL DEFAULT 0,
          crash_count INTEGER NOT NULL DEFAULT 0,
          rescue_count INTEGER NOT NULL DEFAULT 0,
          cancel_requested INTEGER NOT NULL DEFAULT 0,
          worker_id TEXT,
          error TEXT,
          attempt_open INTEGER NOT NULL DEFAULT 0,
          crash_provisional INTEGER NOT NULL DEFAULT 0,
          lease_void INTEGER NOT NULL DEFAULT 0,
          lease_uptime INTEGER NOT NULL DEFAULT 0,
          attempt_uptime INTEGER NOT NULL DEFAULT 0,
          first_taken_uptime INTEGER,
          not_before_uptime INTEGER NOT NULL DEFAULT 0,
          started_uptime INTEGER,
          created_at INTEGER NOT NULL,
          started_at INTEGER,
          finished_at INTEGER
        ) STRICT
        ;
    INSERT INTO "job" VALUES(1,'job-1','local','{"batch_count":1,"guidance_scale":7,"height":64,"mode":"txt2img","model":"demo","negative_prompt":"","prompt":"a red circle","sampler":"Euler","schedule":"automatic","seed":7,"steps":20,"width":64}','demo',81920,'finished',1,0,0,0,0,'worker-1',NULL,0,0,0,0,0,NULL,0,NULL,1700000000000,1700000001000,1700000002000);
    INSERT INTO "job" VALUES(2,'job-2','local','{"batch_count":1,"guidance_scale":7,"height":64,"mode":"txt2img","model":"demo","negative_prompt":"","prompt":"a red circle","sampler":"Euler","schedule":"automatic","seed":7,"steps":20,"width":64}','demo',81920,'queued',0,0,0,0,0,NULL,NULL,0,0,0,0,0,NULL,0,NULL,1700000003000,NULL,NULL);
    CREATE TABLE meta (
          key TEXT NOT NULL PRIMARY KEY,
          value TEXT NOT NULL
        ) STRICT, WITHOUT ROWID
        ;
    INSERT INTO "meta" VALUES('boot_id','boot-0');
    CREATE TABLE session (
          token_sha256 TEXT NOT NULL PRIMARY KEY,
          user_id TEXT NOT NULL REFERENCES user (id) ON DELETE CASCADE,
          created_at INTEGER NOT NULL,
          expires_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        ;
    CREATE TABLE timing (
          worker_id TEXT NOT NULL,
          model TEXT NOT NULL,
          sampler TEXT NOT NULL,
          width INTEGER NOT NULL,
          height INTEGER NOT NULL,
          seconds_per_evaluation REAL NOT NULL,
          updated_at INTEGER NOT NULL,
          PRIMARY KEY (worker_id, model, sampler, width, height)
        ) STRICT, WITHOUT ROWID
        ;
    CREATE TABLE upload (
          id TEXT NOT NULL PRIMARY KEY,
          user_id TEXT NOT NULL REFERENCES user (id),
          sha256 TEXT NOT NULL,
          width INTEGER NOT NULL,
          height INTEGER NOT NULL,
          media_type TEXT NOT NULL,
          bytes INTEGER NOT NULL,
          created_at INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID
        ;
    CREATE TABLE user (
          id TEXT NOT NULL PRIMARY KEY,
          kind TEXT NOT NULL CHECK (kind IN ('local', 'anonymous', 'account')),
          created_at INTEGER NOT NULL,
          last_seq INTEGER NOT NULL DEFAULT 0,
          virtual_time INTEGER NOT NULL DEFAULT 0
        ) STRICT, WITHOUT ROWID
        ;
    INSERT INTO "user" VALUES('local','local',1700000000000,2,81920);
    CREATE INDEX session_user ON session (user_id);
    CREATE INDEX job_user ON job (user_id, number);
    CREATE INDEX job_open ON job (state, number) WHERE state IN ('queued', 'assigned', 'running');
    CREATE INDEX job_user_open ON job (user_id, number) WHERE state IN ('queued', 'assigned', 'running');
    CREATE INDEX idempotency_age ON idempotency (created_at);
    CREATE INDEX idempotency_job ON idempotency (job_number);
    CREATE INDEX image_user ON image (user_id, number) WHERE deleted = 0;
    CREATE INDEX image_sha256 ON image (sha256) WHERE deleted = 0;
    CREATE INDEX upload_user ON upload (user_id);
    CREATE INDEX upload_sha256 ON upload (sha256);
    """#
}
