/// A member of a zip file, found by the end of its name: Python's wheels are such files.
struct WheelMember {
  /// Its bytes, decompressed.
  let content: [UInt8]

  /// The first member whose name ends with `suffix`; at most `limit` bytes of it.
  init(endingWith suffix: String, in wheel: [UInt8], limit: Int) throws(HubError) {
    let reader = LittleEndian(wheel, what: "the wheel")
    let end = try Self.endRecord(reader)
    var place = try reader.word(end + 16)
    for _ in 0..<(try reader.short(end + 10)) {
      guard try reader.word(place) == 0x0201_4B50 else { throw reader.damaged }
      let lengths = [
        try reader.short(place + 28), try reader.short(place + 30), try reader.short(place + 32),
      ]
      let name = String(decoding: try reader.bytes(place + 46, lengths[0]), as: UTF8.self)
      if name.hasSuffix(suffix) {
        let (method, packed) = (try reader.short(place + 10), try reader.word(place + 20))
        let local = try reader.word(place + 42)
        let start = local + 30 + (try reader.short(local + 26)) + (try reader.short(local + 28))
        let data = try reader.bytes(start, packed)
        guard method == 0 || method == 8, try reader.word(place + 24) <= limit else { throw reader.damaged }
        content = method == 0 ? Array(data) : try Inflate.decompress(data, limit: limit)
        return
      }
      place += 46 + lengths.reduce(0, +)
    }
    throw .malformed(what: "the wheel", expected: "a file named …\(suffix)")
  }

  private static func endRecord(_ reader: LittleEndian) throws(HubError) -> Int {
    let last = reader.count - 22
    for place in stride(from: last, through: max(0, last - 65_536), by: -1) where place >= 0 {
      if try reader.word(place) == 0x0605_4B50 { return place }
    }
    throw reader.damaged
  }
}

/// A file compressed by gzip (RFC 1952), without the optional header fields but the name.
enum GzipFile {
  /// The content, at most `limit` bytes.
  static func decompress(_ bytes: [UInt8], limit: Int) throws(HubError) -> [UInt8] {
    guard bytes.count > 18, bytes[0...2] == [0x1F, 0x8B, 8], bytes[3] & ~0x08 == 0 else {
      throw .malformed(what: "the vocabulary", expected: "a gzip file")
    }
    var start = 10
    if bytes[3] & 0x08 != 0 {
      guard let end = bytes[start...].firstIndex(of: 0) else {
        throw .malformed(what: "the vocabulary", expected: "a gzip file")
      }
      start = end + 1
    }
    return try Inflate.decompress(bytes[start...], limit: limit)
  }
}

/// Little-endian numbers at places of some bytes; a place outside is an error.
struct LittleEndian {
  private let all: [UInt8]
  private let what: String

  init(_ bytes: [UInt8], what: String) {
    all = bytes
    self.what = what
  }

  var count: Int { all.count }
  var damaged: HubError { .malformed(what: what, expected: "a zip file, undamaged") }

  func bytes(_ start: Int, _ count: Int) throws(HubError) -> ArraySlice<UInt8> {
    guard start >= 0, count >= 0, start <= all.count, count <= all.count - start else { throw damaged }
    return all[start..<start + count]
  }

  func short(_ place: Int) throws(HubError) -> Int { try number(place, 2) }
  func word(_ place: Int) throws(HubError) -> Int { try number(place, 4) }

  private func number(_ place: Int, _ count: Int) throws(HubError) -> Int {
    try bytes(place, count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
