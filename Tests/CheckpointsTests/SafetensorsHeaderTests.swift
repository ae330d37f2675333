import Checkpoints
import Testing

@Suite struct SafetensorsHeaderTests {
  private func open(_ header: String, data: Int = 0) throws(CheckpointError) -> SafetensorsFile {
    try SafetensorsFile(bytes: safetensors(header, data: Array(repeating: 0, count: data)), label: "m")
  }

  /// A header of tensors `a`, `b`, … of bytes at these offsets.
  private func tiles(_ offsets: [(Int, Int)]) -> String {
    let entries = zip(["a", "b", "c"], offsets).map { name, range in
      #""\#(name)":{"dtype":"U8","shape":[\#(range.1 - range.0)],"data_offsets":[\#(range.0),\#(range.1)]}"#
    }
    return "{\(entries.joined(separator: ","))}"
  }

  @Test(arguments: [
    "", " {}", "[]", "{", "{}x", #"{"a"}"#, #"{"a":1}"#, #"{"a":{}}"#, #"{"a":{"dtype":"U8"}}"#,
    #"{"a":{"dtype":"U8","shape":[0]}}"#, #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0]}}"#,
    #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0,0]}}"#,
    #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0],"x":1}}"#,
    #"{"a":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#,
    #"{"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}}"#,
    #"{"a":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]}}"#,
    #"{"a":{"dtype":"U8","shape":[01],"data_offsets":[0,1]}}"#,
    #"{"a":{"dtype":"U8","shape":[1e3],"data_offsets":[0,1]}}"#,
    #"{"a":{"dtype":"U8","shape":[99999999999999999999],"data_offsets":[0,1]}}"#,
    #"{"a":{"dtype":"U8","shape":[0,],"data_offsets":[0,0]}}"#,
    #"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},}"#,
    #"{"__metadata__":{"a":1}}"#, #"{"__metadata__":"x"}"#, #"{"\ud800":{}}"#, #"{"\ud800\u0041":{}}"#,
    #"{"\x":{}}"#, #"{"\u12"#, "{\"a\nb\":{}}",
  ])
  func `refuses headers that are not the format's`(header: String) throws {
    let error = #expect(throws: CheckpointError.self) { try open(header) }
    guard case .malformedHeader = error else {
      Issue.record("another error: \(String(describing: error))")
      return
    }
  }

  @Test func `refuses bytes that are not UTF-8`() {
    let bytes = safetensors("{\"a") + [0xFF] + Array("\":{}}".utf8)
    var whole = bytes
    whole[0] = UInt8(bytes.count - 8)
    #expect(throws: CheckpointError.self) { try SafetensorsFile(bytes: whole, label: "m") }
  }

  @Test func `refuses gaps, overlaps and data that is left over or missing`() {
    #expect(throws: CheckpointError.brokenTiling(file: "m", tensor: "a", expected: 0, found: 1)) {
      try open(tiles([(1, 2)]), data: 2)
    }
    #expect(throws: CheckpointError.brokenTiling(file: "m", tensor: "b", expected: 2, found: 3)) {
      try open(tiles([(0, 2), (3, 4)]), data: 4)
    }
    #expect(throws: CheckpointError.brokenTiling(file: "m", tensor: "b", expected: 2, found: 1)) {
      try open(tiles([(0, 2), (1, 4)]), data: 4)
    }
    #expect(throws: CheckpointError.wrongDataLength(file: "m", expected: 4, found: 5)) {
      try open(tiles([(0, 2), (2, 4)]), data: 5)
    }
    #expect(throws: CheckpointError.wrongDataLength(file: "m", expected: 4, found: 3)) {
      try open(tiles([(0, 2), (2, 4)]), data: 3)
    }
  }

  @Test func `takes tensors in any order of the header`() throws {
    let file = try open(tiles([(2, 4), (0, 2), (4, 4)]), data: 4)
    #expect(file.entries.map(\.name) == ["b", "a", "c"])
  }

  @Test func `refuses duplicates, unknown types and sizes that do not fit`() {
    let one = #""a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}"#
    #expect(throws: CheckpointError.duplicateTensor(file: "m", tensor: "a")) { try open("{\(one),\(one)}") }
    #expect(throws: CheckpointError.duplicateTensor(file: "m", tensor: "__metadata__")) {
      try open(#"{"__metadata__":{},"__metadata__":{}}"#)
    }
    #expect(throws: CheckpointError.unknownElementType(file: "m", tensor: "a", found: "F7")) {
      try open(#"{"a":{"dtype":"F7","shape":[0],"data_offsets":[0,0]}}"#)
    }
    #expect(throws: CheckpointError.wrongByteCount(file: "m", tensor: "a", expected: 8, found: 4)) {
      try open(#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#, data: 4)
    }
    #expect(throws: CheckpointError.impossibleExtent(file: "m", tensor: "a", found: "offsets [4, 0]")) {
      try open(#"{"a":{"dtype":"F32","shape":[0],"data_offsets":[4,0]}}"#, data: 4)
    }
    let huge = "[4294967296, 4294967296]"
    #expect(throws: CheckpointError.impossibleExtent(file: "m", tensor: "a", found: "shape \(huge)")) {
      try open(#"{"a":{"dtype":"F32","shape":\#(huge),"data_offsets":[0,4]}}"#, data: 4)
    }
    #expect(throws: CheckpointError.impossibleExtent(file: "m", tensor: "a", found: "shape [3]")) {
      try open(#"{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}"#, data: 2)
    }
  }

  @Test func `refuses a length over the limit before reading anything`() {
    let bytes = [UInt8](repeating: 0xFF, count: 8) + [UInt8](repeating: 0, count: 8)
    #expect(throws: CheckpointError.headerTooLarge(file: "m", limit: 100_000_000, found: .max)) {
      try SafetensorsFile(bytes: bytes, label: "m")
    }
    var long = safetensors("{}")
    long[0] = 200
    #expect(throws: CheckpointError.fileTooShort(file: "m", expected: 208, found: 10)) {
      try SafetensorsFile(bytes: long, label: "m")
    }
  }
}
