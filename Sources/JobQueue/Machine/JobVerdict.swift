/// What a change did.
enum JobVerdict: Equatable, Sendable {
  /// The job is another one now; write it and tell its owner.
  case changed
  /// Only deadlines moved; write them.
  case renewed
  /// The same was said before.
  case duplicate
  /// It does not apply.
  case refused
}
