import Generation

extension Frame {
  /// The attempt a frame of this type must name.
  func namedAttempt() throws(ProtocolError) -> JobAttempt {
    guard job > 0, job <= UInt64(Int64.max), attempt > 0 else { throw .malformedAttempt(type: type) }
    return JobAttempt(job: job, attempt: attempt)
  }

  /// The attempt of a frame that says nothing else.
  func namedAttemptOnly() throws(ProtocolError) -> JobAttempt {
    try empty(try namedAttempt())
  }

  /// `value`, if the payload is empty as it should be.
  func empty<T>(_ value: T) throws(ProtocolError) -> T {
    guard payload.isEmpty else { throw .malformedPayload(type: type, expected: "an empty payload") }
    return value
  }
}
