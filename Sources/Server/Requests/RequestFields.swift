import Generation

/// The members of a request's object, read by name and kind with an error that names the field.
struct RequestFields {
  /// Names other services use for the same thing, so that the error can say ours.
  private static let foreignNames = [
    "cfg_scale": "guidance_scale", "cfg": "guidance_scale", "guidance": "guidance_scale",
    "scale": "guidance_scale", "sampler_name": "sampler", "sampler_index": "sampler",
    "scheduler": "schedule", "schedule_type": "schedule", "num_inference_steps": "steps",
    "ddim_steps": "steps", "n_iter": "batch_count", "n_samples": "batch_count", "n": "batch_count",
    "batch_size": "batch_count", "num_images": "batch_count", "num_images_per_prompt": "batch_count",
    "negativeprompt": "negative_prompt", "negative": "negative_prompt", "text": "prompt", "w": "width",
    "h": "height", "checkpoint": "model", "model_name": "model", "ddim_eta": "eta",
  ]

  private static let bools = "true or false"

  private let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  /// Reads the object that a body is, which may have no members but these.
  init(_ body: [UInt8], only names: [String]) throws(APIError) {
    self.init(try JSONBody.object(body))
    try checkNames(names)
  }

  /// Refuses a member that is none of `known`; a misspelt setting must not be ignored silently.
  func checkNames(_ known: [String]) throws(APIError) {
    for member in object.members where !known.contains(member.name) {
      let shown = JSONValue.shortened(member.name)
      var message = "unknown field '\(shown)'"
      let foreign = Self.foreignNames[member.name.lowercased()]
      if let meant = foreign ?? NameLookup.nearest(member.name, among: known) {
        message += "; did you mean '\(meant)'?"
      }
      throw .invalid("unknown_field", message, field: shown)
    }
  }

  /// Whether the member is there, whatever it holds.
  func has(_ name: String) -> Bool { object[name] != nil }

  /// A text, or nil when the member is absent.
  func string(_ name: String) throws(APIError) -> String? {
    guard let value = object[name] else { return nil }
    guard case .string(let text) = value else { throw wrong(name, "a string", value) }
    // SQLite, C libraries and PNG text chunks all end a text there.
    guard !text.unicodeScalars.contains("\0") else {
      throw .invalid("wrong_type", "\(name) must not contain the character U+0000", field: name)
    }
    return text
  }

  /// A text that must be there.
  func required(_ name: String) throws(APIError) -> String {
    guard let text = try string(name) else { throw missing(name, "a string") }
    return text
  }

  /// A list of at most `limit` texts, or nil when the member is absent or null.
  func strings(_ name: String, limit: Int) throws(APIError) -> [String]? {
    guard let value = object[name], value != .null else { return nil }
    let expected = "a list of at most \(limit) strings"
    guard case .array(let items) = value, items.count <= limit else { throw wrong(name, expected, value) }
    var texts: [String] = []
    for item in items {
      guard case .string(let text) = item, !text.unicodeScalars.contains("\0") else {
        throw wrong(name, expected, item)
      }
      texts.append(text)
    }
    return texts
  }

  /// True or false, or nil when the member is absent.
  func bool(_ name: String) throws(APIError) -> Bool? {
    guard let value = object[name] else { return nil }
    guard case .bool(let bool) = value else { throw wrong(name, Self.bools, value) }
    return bool
  }

  /// True or false, which must be there.
  func requiredBool(_ name: String) throws(APIError) -> Bool {
    guard let bool = try bool(name) else { throw missing(name, Self.bools) }
    return bool
  }

  /// A whole number, or nil when the member is absent.
  func integer(_ name: String, _ range: ClosedRange<Int>) throws(APIError) -> Int? {
    guard let value = object[name] else { return nil }
    let expected = "an integer between \(range.lowerBound) and \(range.upperBound)"
    guard case .number(let number) = value else { throw wrong(name, expected, value) }
    guard let integer = number.integer, !number.isNegativeZero else {
      // A number with no place in 64 bits is out of any range; a fraction has the wrong type.
      let tooLarge = number.double.map { $0 == $0.rounded() } ?? true
      throw wrong(name, expected, value, code: tooLarge ? "out_of_range" : "wrong_type")
    }
    guard let result = Int(exactly: integer), range.contains(result) else {
      throw wrong(name, expected, value, code: "out_of_range")
    }
    return result
  }

  /// A finite number, or nil when the member is absent.
  func double(_ name: String, _ range: ClosedRange<Double>) throws(APIError) -> Double? {
    guard let value = object[name] else { return nil }
    let expected = "a number between \(Self.text(range.lowerBound)) and \(Self.text(range.upperBound))"
    guard case .number(let number) = value else { throw wrong(name, expected, value) }
    guard let result = number.double, range.contains(result), !number.isNegativeZero else {
      throw wrong(name, expected, value, code: "out_of_range")
    }
    return result
  }

  /// Whether the member is there and not `null`, which means "the model's own" for optional settings.
  func isGiven(_ name: String) -> Bool {
    guard let value = object[name] else { return false }
    return value != .null
  }

  /// The member as it was written.
  func value(_ name: String) -> JSONValue? { object[name] }

  /// The error for a member that is absent.
  func missing(_ name: String, _ expected: String) -> APIError {
    .invalid("missing_field", "\(name) is missing; expected \(expected)", field: name)
  }

  /// The error for a member of the wrong kind.
  func wrong(
    _ name: String, _ expected: String, _ value: JSONValue, code: String = "wrong_type"
  ) -> APIError {
    .invalid(code, "\(name) must be \(expected); got \(value.summary)", field: name)
  }

  private static func text(_ value: Double) -> String {
    value == value.rounded() ? String(Int(value)) : String(value)
  }
}
