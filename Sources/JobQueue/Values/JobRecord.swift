public import FoundationEssentials
public import Generation

/// A job as it is stored.
public struct JobRecord: Equatable, Sendable {
  /// Its number and place, growing with each submission; kept when it is queued again.
  public var number: UInt64
  /// Its public name.
  public var id: JobID
  /// Who may see it.
  public var owner: UserID
  /// Where it stands.
  public var state: JobState
  /// What to make.
  public var request: GenerationRequest
  /// How often it was handed out.
  public var attempt: UInt32
  /// How often a link was lost while it ran.
  public var crashCount: Int
  /// How often it was queued again, for whatever reason.
  public var rescueCount: Int
  /// Whether its owner asked for its end and the worker has not confirmed yet.
  public var cancelRequested: Bool
  /// Who has it; nil while it waits.
  public var worker: WorkerID?
  /// Why it failed.
  public var error: UserError?
  /// When it came, by the wall clock, for display only.
  public var createdAt: Date
  /// When its newest attempt began; nil before.
  public var startedAt: Date?
  /// When it ended; nil before.
  public var finishedAt: Date?
  /// Where it stands in a grid of experiments; nil when it came alone.
  public var cell: JobCell?
  /// Its stored pictures in order, without deleted ones.
  public var images: [ImageRecord]

  /// Its newest attempt, for the worker link.
  public var jobAttempt: JobAttempt { JobAttempt(job: number, attempt: attempt) }
}
