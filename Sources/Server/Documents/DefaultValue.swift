/// A setting's value when a request leaves it out.
enum DefaultValue: Encodable, Hashable, Sendable {
  case integer(Int)
  case number(Double)
  case string(String)
  case bool(Bool)

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .bool(let value): try container.encode(value)
    }
  }
}
