/// A `config.json` being read: typed access with defaults for absent and null keys.
///
/// A key that decides about the network but has a value this program does not implement is an error that
/// names it, so that no model is run as something it is not.
struct ConfigurationReader {
  private let container: KeyedDecodingContainer<Key>
  private let file: String

  /// A key by the name it has in the file.
  struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(_ decoder: any Decoder) throws {
    container = try decoder.container(keyedBy: Key.self)
    file = decoder.userInfo[.file] as? String ?? "config.json"
  }

  /// The value of `key`, or `fallback` if the file does not have it or has null.
  func value<Value: Decodable>(_ key: String, or fallback: Value) throws -> Value {
    try container.decodeIfPresent(Value.self, forKey: Key(stringValue: key)) ?? fallback
  }

  /// The value of `key`, if there is one.
  func value<Value: Decodable>(_ key: String, as type: Value.Type = Value.self) throws -> Value? {
    try container.decodeIfPresent(Value.self, forKey: Key(stringValue: key))
  }

  /// Fails unless `key` is absent, null or one of `accepted`.
  func require<Value: Decodable & Equatable>(_ key: String, in accepted: [Value]) throws {
    let present = container.contains(Key(stringValue: key))
    guard present, try !container.decodeNil(forKey: Key(stringValue: key)) else { return }
    let found = try? container.decode(Value.self, forKey: Key(stringValue: key))
    guard let found, accepted.contains(found) else {
      throw CheckpointError.unsupported(
        file: file, key: key, found: found.map { "\($0)" } ?? "of another kind",
        expected: accepted.map { "\($0)" }.joined(separator: " or "))
    }
  }

  /// Fails if any of `keys` has a value other than null and false.
  func requireAbsent(_ keys: [String]) throws {
    for key in keys where container.contains(Key(stringValue: key)) {
      if try container.decodeNil(forKey: Key(stringValue: key)) { continue }
      if let flag = try? container.decode(Bool.self, forKey: Key(stringValue: key)), !flag { continue }
      throw CheckpointError.unsupported(file: file, key: key, found: "set", expected: "null")
    }
  }

  /// Fails unless every value is between 1 and `limit`: sizes from a file are multiplied later.
  func requireSizes(_ key: String, _ values: [Int], limit: Int = 1 << 20) throws {
    for value in values where value < 1 || value > limit {
      throw unsupported(key, found: "\(value)", expected: "between 1 and \(limit)")
    }
  }

  /// An error about `key`.
  func unsupported(_ key: String, found: String, expected: String) -> CheckpointError {
    .unsupported(file: file, key: key, found: found, expected: expected)
  }
}

extension CodingUserInfoKey {
  /// The relative name of the file being decoded, for errors.
  static let file = CodingUserInfoKey(rawValue: "file")!
}
