import Checkpoints
import Foundation
import Testing

@Suite struct SafetensorsFileTests {
  private let good = safetensors(
    #"{"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"#
      + #""b":{"dtype":"F16","shape":[1,3],"data_offsets":[8,14]},"#
      + #""c":{"dtype":"BF16","shape":[],"data_offsets":[14,16]}}"#,
    data: [0, 0, 128, 63, 0, 0, 0, 192, 0, 0x3C, 0, 0x7C, 1, 0, 0x80, 0xBF])

  @Test func `reads the three weight types exactly`() throws {
    let file = try SafetensorsFile(bytes: good, label: "m")
    #expect(file.entries.map(\.name) == ["a", "b", "c"])
    #expect(file.metadata == ["format": "pt"])
    #expect(try file.tensor("a").floats() == [1, -2])
    #expect(try file.tensor("b").floats() == [1, .infinity, 0x1p-24])
    #expect(try file.tensor("b").shape == [1, 3])
    #expect(try file.tensor("c").floats() == [-1])
    #expect(try file.tensor("c").shape == [])
  }

  @Test func `reads the same from a mapped file, and after giving pages back`() throws {
    let folder = try TemporaryFolder()
    try folder.write("m.safetensors", good)
    let file = try SafetensorsFile(path: "\(folder.path)/m.safetensors", label: "m")
    let tensor = try file.tensor("a")
    tensor.releasePages()
    #expect(tensor.floats() == [1, -2])
  }

  @Test func `a large mapped tensor survives giving its pages back`() throws {
    let folder = try TemporaryFolder()
    let count = 20_000
    let data = (0..<count).flatMap { index in withUnsafeBytes(of: Float(index)) { Array($0) } }
    let header = #"{"a":{"dtype":"F32","shape":[\#(count)],"data_offsets":[0,\#(4 * count)]}}"#
    try folder.write("m.safetensors", safetensors(header, data: data))
    let tensor = try SafetensorsFile(path: "\(folder.path)/m.safetensors", label: "m").tensor("a")
    let before = tensor.floats()
    tensor.releasePages()
    #expect(tensor.floats() == before && before[count - 1] == Float(count - 1))
  }

  @Test func `every file cut short is refused`() {
    for length in 0..<good.count {
      #expect(throws: CheckpointError.self) {
        try SafetensorsFile(bytes: Array(good[..<length]), label: "m")
      }
    }
  }

  @Test func `every changed byte is refused or still safe to read`() {
    for index in good.indices {
      for change in [UInt8(1), 0x10, 0x80, 0xFF] {
        var bytes = good
        bytes[index] ^= change
        guard let file = try? SafetensorsFile(bytes: bytes, label: "m") else { continue }
        for entry in file.entries where entry.type.isWeight {
          let floats = try? file.tensor(entry.name).floats()
          #expect(floats?.count == entry.shape.reduce(1, *))
        }
      }
    }
  }

  @Test func `a tensor at an odd address is read`() throws {
    // The header's length makes the data begin at an odd byte.
    for padding in 0..<8 {
      let header =
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"# + String(repeating: " ", count: padding)
      let file = try SafetensorsFile(bytes: safetensors(header, data: [0, 0, 128, 63]), label: "m")
      #expect(try file.tensor("a").floats() == [1])
    }
  }

  @Test func `names may hold escapes and any script`() throws {
    let header =
      #"{"\u00e9\ud83d\ude00\n\/":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"#
      + #""é":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}"#
    let file = try SafetensorsFile(bytes: safetensors(header, data: [7]), label: "m")
    #expect(file.entries.map(\.name) == ["é😀\n/", "é"])
    #expect(try file.tensor("é😀\n/").floats() == [])
  }

  @Test func `a type that is no weight is listed, and an error when asked for`() throws {
    let header = #"{"ids":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}}"#
    let file = try SafetensorsFile(
      bytes: safetensors(header, data: Array(repeating: 0, count: 8)), label: "m")
    #expect(file.entries[0].type == .int64)
    #expect(throws: CheckpointError.unusableElementType(tensor: "ids", found: "I64")) {
      try file.tensor("ids")
    }
    #expect(throws: CheckpointError.missingTensor(name: "x")) { try file.tensor("x") }
  }

  @Test func `an empty file of tensors is one`() throws {
    #expect(try SafetensorsFile(bytes: safetensors("{}"), label: "m").entries.isEmpty)
  }

  @Test func `refuses what is no regular file`() throws {
    let folder = try TemporaryFolder()
    let pipe = "\(folder.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    for path in [folder.path, pipe, "/dev/zero"] {
      #expect(throws: CheckpointError.unreadableFile(file: "m", reason: "expected a regular file")) {
        try SafetensorsFile(path: path, label: "m")
      }
    }
    #expect(throws: CheckpointError.missingFile(expected: ["m"])) {
      try SafetensorsFile(path: "\(folder.path)/none", label: "m")
    }
  }
}
