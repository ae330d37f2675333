/// A JSON object with its members in the order they were written; names are unique.
struct JSONObject: Hashable, Sendable {
  /// One name and its value.
  struct Member: Hashable, Sendable {
    var name: String
    var value: JSONValue
  }

  private(set) var members: [Member] = []

  /// The value of `name`, or nil.
  subscript(name: String) -> JSONValue? {
    members.first { $0.name == name }?.value
  }

  /// Writes a member over the one of its name, or adds it.
  mutating func set(_ name: String, _ value: JSONValue) {
    remove(name)
    members.append(Member(name: name, value: value))
  }

  /// Takes a member away, if it is there.
  mutating func remove(_ name: String) { members.removeAll { $0.name == name } }

  /// Adds a member whose name is known to be new.
  mutating func append(_ name: String, _ value: JSONValue) {
    members.append(Member(name: name, value: value))
  }
}
