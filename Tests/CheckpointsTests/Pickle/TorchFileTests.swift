import Checkpoints
import Foundation
import Testing

/// Files that PyTorch wrote, and what it says is in them: `Tests/goldens/torch_golden.py`.
@Suite struct TorchFileTests {
  private func path(_ name: String) throws -> String {
    let url = try #require(Bundle.module.url(forResource: "Goldens", withExtension: nil))
    return url.appendingPathComponent("torch/\(name)").path
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: path(name))))
  }

  @Test(arguments: ["zip.ckpt", "plain.pt", "protocol4.ckpt", "legacy.ckpt"])
  func `every tensor has the type, shape and bytes PyTorch gives`(name: String) throws {
    let expected = try SafetensorsFile(path: path("expected.safetensors"), label: "expected")
    let file = try TensorFiles.open(path: path(name), label: name)
    try file.verify()
    #expect(Set(file.entries.map(\.name)) == Set(expected.entries.map(\.name)))
    for entry in expected.entries {
      let (found, right) = (try file.stored(entry.name), try expected.stored(entry.name))
      #expect(found.type == right.type && found.shape == right.shape, "\(entry.name)")
      let same = found.withUnsafeBytes { left in right.withUnsafeBytes { left.elementsEqual($0) } }
      #expect(same, "\(entry.name)")
    }
    #expect(file.metadata["global_step"] == (name == "plain.pt" ? nil : "470000"))
    #expect(throws: CheckpointError.unusableElementType(tensor: "ids", found: "I64")) {
      try file.tensor("ids")
    }
    #expect(throws: CheckpointError.missingTensor(name: "none")) { try file.stored("none") }
  }

  @Test func `dictionaries within the dictionary are joined by dots`() throws {
    let file = try TensorFiles.open(path: path("embedding.pt"), label: "embedding.pt")
    #expect(file.entries.map(\.name) == ["string_to_param.*"])
    #expect(try file.tensor("string_to_param.*").shape == [2, 8])
    #expect(file.metadata == ["name": "cat", "step": "12"])
  }

  @Test func `a name's ending decides nothing`() throws {
    let file = try TensorFiles.open(bytes: bytes("zip.ckpt"), label: "picture.safetensors")
    #expect(file.entries.count == 12)
  }

  /// The old format's first three pickles.
  private static let start: [UInt8] =
    PickleBuilder().raw([0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]).stopped()
    + PickleBuilder().raw([0x4D, 0xE9, 0x03]).stopped()
    + PickleBuilder().code("}").text("little_endian").raw([0x88]).code("s").stopped()

  private static func keys(_ keys: String...) -> [UInt8] {
    keys.reduce(PickleBuilder().code("]")) { $0.text($1).code("a") }.stopped()
  }

  private static let data: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]

  @Test func `the old format is read`() throws {
    let bytes = Self.start + PickleBuilder.good + Self.keys("0") + Self.data
    #expect(try TensorFiles.open(bytes: bytes, label: "m").tensor("w").floats() == [1, 2])
  }

  /// A broken file of the old format and a part of the error it must give.
  struct Broken: CustomTestStringConvertible, Sendable {
    let message: String
    let bytes: [UInt8]

    init(_ message: String, _ parts: [UInt8]...) {
      self.message = message
      bytes = Array(parts.joined())
    }

    var testDescription: String { message }
  }

  private static let magic = Array(start.prefix(15))
  private static let object = start + PickleBuilder.good
  private static let forged = PickleBuilder.dictionary {
    $0.tensor("FloatStorage", "0", 1 << 61, shape: [1], strides: [1])
  }

  static let broken: [Broken] = [
    Broken("magic number", PickleBuilder().int(1).stopped()),
    Broken("protocol 1001", magic, PickleBuilder().int(1000).stopped()),
    Broken("little-endian", Array(start.dropLast(3)), [0x89, 0x73, 0x2E]),
    Broken("names posix.system", magic, PickleBuilder.dictionary { $0.global("posix", "system") }),
    Broken("lacks", object, keys(), data),
    Broken("disagree about '1'", object, keys("1"), data),
    Broken("disagree about '0'", object, keys("0", "0"), data, data),
    Broken("1 bytes follow", object, keys("0"), data, [0]),
    Broken("elements or is cut", object, keys("0"), PickleBuilder.good),
    Broken("elements or is cut", object, keys("0"), Array(data.dropLast())),
    Broken("ends within", object, keys("0"), Array(data.prefix(4))),
    Broken("list of storages", object, PickleBuilder.good),
    Broken("elements or is cut", start, forged, keys("0"), [0, 0, 0, 0, 0, 0, 0, 0x20]),
  ]

  @Test(arguments: broken) func `a broken old file ends in an error that says why`(_ broken: Broken) throws {
    let error = #expect(throws: CheckpointError.self) {
      try TensorFiles.open(bytes: broken.bytes, label: "evil.pt")
    }
    #expect(error?.description.contains(broken.message) == true, "\(error?.description ?? "")")
  }

  @Test(arguments: ["zip.ckpt", "legacy.ckpt"])
  func `no changed byte of PyTorch's files crashes the reader`(name: String) throws {
    let good = try bytes(name)
    for place in good.indices {
      var bytes = good
      bytes[place] ^= UInt8(truncatingIfNeeded: 1 << (place % 8))
      do {
        let file = try TensorFiles.open(bytes: bytes, label: "m")
        for entry in file.entries { _ = try file.stored(entry.name) }
      } catch { #expect(!error.description.isEmpty) }
    }
  }
}
