public import Generation

/// A job as it comes in, all checked and resolved.
public struct JobSubmission: Sendable {
  /// A client's promise that two requests with one key are one request.
  public struct IdempotencyKey: Hashable, Sendable {
    /// The client's key.
    public var key: String
    /// A digest of what the client sent, before anything random in it was resolved.
    public var fingerprint: String

    /// Names a key.
    public init(key: String, fingerprint: String) {
      self.key = key
      self.fingerprint = fingerprint
    }
  }

  /// Who asks, and owns the pictures.
  public var owner: UserID
  /// How the owner came to be, if there is no row yet.
  public var ownerKind: UserKind
  /// What to make.
  public var request: GenerationRequest
  /// The client's key, kept for `QueuePolicy.idempotencyKeys`; nil when it sent none.
  public var idempotencyKey: IdempotencyKey?

  /// Makes a submission.
  public init(
    owner: UserID, ownerKind: UserKind = .anonymous, request: GenerationRequest,
    idempotencyKey: IdempotencyKey? = nil
  ) {
    self.owner = owner
    self.ownerKind = ownerKind
    self.request = request
    self.idempotencyKey = idempotencyKey
  }
}
