import Generation

/// Reads the JSON body of a request.
enum JSONBody {
  /// The object that `body` holds.
  /// - Throws: 400 `invalid_json` for text that is no JSON, 422 for JSON that is no object.
  static func object(_ body: [UInt8]) throws(APIError) -> JSONObject {
    let value: JSONValue
    do {
      value = try JSONParser.parse(body)
    } catch .duplicateName(let name) {
      throw .invalid(
        "duplicate_field", JSONParseError.duplicateName(name).message, field: JSONValue.shortened(name))
    } catch {
      throw APIError(status: 400, error: UserError(code: "invalid_json", message: error.message))
    }
    guard case .object(let object) = value else {
      throw .invalid("wrong_type", "the body must be a JSON object; got \(value.summary)")
    }
    return object
  }
}
