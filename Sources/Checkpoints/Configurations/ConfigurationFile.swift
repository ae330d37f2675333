import FoundationEssentials

/// JSON files of a model: decoding with errors that say which key is wrong.
enum ConfigurationFile {
  /// Decodes `bytes`; errors name `file`.
  static func decode<Value: Decodable>(
    _ type: Value.Type, _ bytes: [UInt8], file: String
  ) throws(CheckpointError) -> Value {
    let decoder = JSONDecoder()
    // Python writes infinities, which JSON does not have: -Infinity as lambda_min_clipped, for example.
    decoder.allowsJSON5 = true
    decoder.userInfo[.file] = file
    do {
      return try decoder.decode(type, from: Data(bytes))
    } catch let error as CheckpointError {
      throw error
    } catch let error as DecodingError {
      throw .malformedConfiguration(file: file, reason: describe(error))
    } catch {
      throw .malformedConfiguration(file: file, reason: "not readable as JSON")
    }
  }

  private static func describe(_ error: DecodingError) -> String {
    switch error {
    case .typeMismatch(let type, let context):
      "'\(path(context))' must be a \(type)"
    case .valueNotFound(let type, let context):
      "'\(path(context))' is null, expected a \(type)"
    case .keyNotFound(let key, _):
      "'\(key.stringValue)' is missing"
    default:
      "expected JSON"
    }
  }

  private static func path(_ context: DecodingError.Context) -> String {
    context.codingPath.map(\.stringValue).joined(separator: ".")
  }
}
