import Checkpoints
import Testing

@Suite struct ZipArchiveTests {
  /// A change to a good archive and a part of the error it must give.
  struct Attack: CustomTestStringConvertible, Sendable {
    let name: String
    let message: String
    let change: @Sendable (inout ZipBuilder) -> Void

    init(_ name: String, _ message: String, _ change: @escaping @Sendable (inout ZipBuilder) -> Void) {
      (self.name, self.message, self.change) = (name, message, change)
    }

    var testDescription: String { name }
  }

  static let attacks: [Attack] = [
    Attack("a name twice", "stands twice") { $0.members.append($0.members[0]) },
    Attack("names that differ in case", "stands twice") { zip in
      zip.members.append(ZipBuilder.Member(name: "z/DATA.PKL", data: PickleBuilder.good))
    },
    Attack("an encrypted member", "is encrypted") { $0.members[2].flags |= 1 },
    Attack("strange flag bits", "flag bits") { $0.members[0].flags |= 1 << 5 },
    Attack("a compressed member", "is compressed") { $0.members[2].method = 8 },
    Attack("a wrong checksum of the pickle", "checksum of 'z/data.pkl'") { $0.members[0].checksum = 1 },
    Attack("a wrong checksum of the byte order", "checksum of 'z/byteorder'") { $0.members[1].checksum = 1 },
    Attack("a size beyond the file", "says 4294967294 bytes") { $0.members[2].directorySize = .max - 1 },
    Attack("a forged size", "overlaps") { $0.members[2].directorySize = 90 },
    Attack("a smaller size", "must be followed by a descriptor") { $0.members[2].directorySize = 7 },
    Attack("a packed size of its own", "stored bytes for 8") { $0.members[2].packedSize = 4 },
    Attack("another size in the local header", "another size") { $0.members[2].localSize = 4 },
    Attack("another size in the descriptor", "descriptor and the directory") {
      $0.members[2].descriptorSize = 4
    },
    Attack("a zip64 size that is missing", "lacks a zip64 size") { $0.members[2].directorySize = .max },
    Attack("a huge zip64 size", "the file has") { zip in
      zip.members[2].directorySize = .max
      zip.members[2].directoryExtra = [1, 0, 16, 0] + Array(repeating: 0xFF, count: 16)
    },
    Attack("two zip64 fields", "two zip64 fields") { zip in
      zip.members[2].directoryExtra = [1, 0, 0, 0, 1, 0, 0, 0]
    },
    Attack("a broken extra field", "broken extra field") { $0.members[2].directoryExtra = [1, 0, 9, 0] },
    Attack("another name in the local header", "disagree") { $0.members[0].localName = "z/data.pkX" },
    Attack("an offset into another member", "overlaps") { $0.members[2].offset = 0 },
    Attack("an offset outside", "the file has") { $0.members[2].offset = 1 << 30 },
    Attack("bytes before", "stands before") { $0.prefix = [0x50, 0x4B, 0x03, 0x04] },
    Attack("bytes between", "descriptor") { $0.members[1].gap = [0, 0, 0] },
    Attack("bytes between, without descriptors", "belong to no member") { zip in
      zip.members[1].flags = 0
      zip.members[1].gap = [0, 0, 0]
    },
    Attack("bytes behind", "something follows") { $0.suffix = [0] },
    Attack("a comment", "something follows") { $0.comment = [0x20] },
    Attack("several volumes", "several volumes") { $0.disk = 1 },
    Attack("fewer entries than the directory", "longer than its") { zip in
      (zip.entryCount, zip.wideCount) = (3, 3)
    },
    Attack("more entries than the directory", "ends too early") { zip in
      (zip.entryCount, zip.wideCount) = (5, 5)
    },
    Attack("counts that disagree", "disagree") { $0.wideCount = 3 },
    Attack("a million entries", "at most") { zip in
      (zip.entryCount, zip.wideCount) = (.max, 1 << 40)
    },
    Attack("a path upwards", "no plain relative name") { $0.members[1].name = "z/../x" },
    Attack("an absolute path", "no plain relative name") { $0.members[1].name = "/z/x" },
    Attack("a backslash", "no plain relative name") { $0.members[1].name = #"z\x"# },
    Attack("a control character", "no plain relative name") { $0.members[1].name = "z/\u{1B}[2J" },
    Attack("a member PyTorch does not write", "none that PyTorch writes") {
      $0.members[1].name = "z/code/x.py"
    },
    Attack("two folders", "none that PyTorch writes") { $0.members[1].name = "y/data.pkl" },
    Attack("no pickle", "no data.pkl") { $0.members.remove(at: 0) },
    Attack("no member", "is no safetensors") { $0.members = [] },
    Attack("no storage", "no data for storage '0'") { $0.members.remove(at: 2) },
    Attack("big-endian numbers", "not little-endian") { $0.members[1].data = Array("big".utf8) },
  ]

  @Test(arguments: attacks) func `each attack ends in an error that says why`(_ attack: Attack) throws {
    var zip = ZipBuilder.torch()
    attack.change(&zip)
    let error = #expect(throws: CheckpointError.self) {
      try TensorFiles.open(bytes: zip.bytes(), label: "evil.ckpt")
    }
    let message = error?.description ?? ""
    // Without a member the file no longer begins as an archive.
    #expect(attack.name == "no member" || message.contains(attack.message), "\(message)")
    #expect(message.hasPrefix("evil.ckpt"))
    #expect(!message.unicodeScalars.contains { $0.value < 0x20 })
  }

  @Test func `archives with and without zip64 records and descriptors are read`() throws {
    var zip = ZipBuilder.torch()
    for isWide in [true, false] {
      zip.isWide = isWide
      for flags: UInt16 in [0x0808, 0] {
        for index in zip.members.indices { zip.members[index].flags = flags }
        let file = try TensorFiles.open(bytes: zip.bytes(), label: "m")
        #expect(try file.tensor("w").floats() == [1, 2])
        try file.verify()
      }
    }
  }

  @Test func `a storage's checksum is compared when a tensor is taken`() throws {
    var zip = ZipBuilder.torch()
    zip.members[2].checksum = 1
    let file = try TensorFiles.open(bytes: zip.bytes(), label: "m")
    let error = #expect(throws: CheckpointError.self) { try file.tensor("w") }
    #expect(error?.description.contains("'z/data/0' is wrong") == true)
    #expect(throws: CheckpointError.self) { try file.verify() }
  }

  @Test func `no cut and no changed byte crashes the reader`() throws {
    let good = ZipBuilder.torch().bytes()
    for count in 0..<good.count {
      #expect(throws: CheckpointError.self) {
        try TensorFiles.open(bytes: Array(good.prefix(count)), label: "m")
      }
    }
    for place in good.indices {
      for change: UInt8 in [1, 0x80, 0xFF] {
        var bytes = good
        bytes[place] ^= change
        do {
          let file = try TensorFiles.open(bytes: bytes, label: "m")
          try file.verify()
          for entry in file.entries { _ = try file.stored(entry.name) }
        } catch { #expect(!error.description.isEmpty) }
      }
    }
  }
}
