import FoundationEssentials

/// JSON inside a frame.
enum JSONPayload {
  static func encode(_ value: some Encodable, for type: FrameType) throws(ProtocolError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    do { return Array(try encoder.encode(value)) } catch {
      // A NaN or an infinity, which JSON cannot say.
      throw .malformedPayload(type: type, expected: "a value that JSON can say")
    }
  }

  static func decode<T: Decodable>(_: T.Type, from frame: Frame) throws(ProtocolError) -> T {
    do { return try JSONDecoder().decode(T.self, from: Data(frame.payload)) } catch {
      // The decoder's own text may quote what the peer sent, so it is not passed on.
      throw .malformedPayload(type: frame.type, expected: "JSON of \(T.self)")
    }
  }
}
