public import FoundationEssentials
public import Generation

/// A grid of experiments as it is stored.
public struct GridRecord: Equatable, Sendable {
  /// Its public name.
  public var id: GridID
  /// What came with it.
  public var description: String
  /// When it came, by the wall clock, for display only.
  public var createdAt: Date
  /// Its jobs in the order they came; those that retention forgot are missing.
  public var jobs: [JobRecord]
}
