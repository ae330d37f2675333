/// What a setting is in one cell of a grid.
public enum GridValue: Hashable, Sendable {
  case integer(Int64)
  case number(Double)
  case boolean(Bool)
  case text(String)

  /// The value as it stands beside a row or above a column.
  public var label: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value): Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    case .boolean(let value): "\(value)"
    case .text(let value): value
    }
  }
}
