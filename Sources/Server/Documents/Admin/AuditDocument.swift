import Generation
import JobQueue
import Logs

/// Somebody by id and name.
struct ActorDocument: Encodable, Sendable {
  var id: String
  var name: String

  init(_ actor: AuditActor) {
    id = actor.id.rawValue
    name = actor.name
  }
}

/// A part of the audit log, newest first.
struct AuditDocument: Encodable, Sendable {
  /// One thing an admin did.
  struct Entry: Encodable, Sendable {
    var number: Int64
    var at: String
    var actor: ActorDocument
    var action: String
    var subject: String
    var detail: String
  }

  var entries: [Entry]

  init(_ entries: [AuditEntry]) {
    self.entries = entries.map {
      Entry(
        number: $0.number, at: Timestamp.text($0.at), actor: ActorDocument($0.actor), action: $0.action,
        subject: $0.subject, detail: $0.detail)
    }
  }
}
