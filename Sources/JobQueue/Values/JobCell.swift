public import Generation

/// Where a job stands in a grid of experiments.
public struct JobCell: Equatable, Sendable {
  /// The grid.
  public var grid: GridID
  /// The place among its jobs, from 0.
  public var place: Int
}
