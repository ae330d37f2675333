public import Generation

/// Jobs that belong together and come in at once: the cells of a grid of experiments.
public struct GridSubmission: Sendable {
  /// Who asks, and owns the pictures.
  public var owner: UserID
  /// How the owner came to be, if there is no row yet.
  public var ownerKind: UserKind
  /// What the cells are, for those who show them; the queue keeps it and does not read it.
  public var description: String
  /// What to make, in the order to make it.
  public var requests: [GenerationRequest]
  /// The client's key, as a job's.
  public var idempotencyKey: JobSubmission.IdempotencyKey?

  /// Makes a submission.
  public init(
    owner: UserID, ownerKind: UserKind = .anonymous, description: String, requests: [GenerationRequest],
    idempotencyKey: JobSubmission.IdempotencyKey? = nil
  ) {
    self.owner = owner
    self.ownerKind = ownerKind
    self.description = description
    self.requests = requests
    self.idempotencyKey = idempotencyKey
  }
}
