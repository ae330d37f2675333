/// A setting that diffusers writes either once for all blocks or as a list, one for each block.
public enum OneOrMany<Value: Decodable & Equatable & Sendable>: Decodable, Equatable, Sendable {
  /// The same for every block.
  case one(Value)
  /// One for each block.
  case many([Value])

  /// Reads a value or a list.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let value = try? container.decode(Value.self) {
      self = .one(value)
    } else {
      self = .many(try container.decode([Value].self))
    }
  }

  /// The values of `count` blocks, or nil if the list has another length.
  public func values(_ count: Int) -> [Value]? {
    switch self {
    case .one(let value): Array(repeating: value, count: count)
    case .many(let values): values.count == count ? values : nil
    }
  }
}
