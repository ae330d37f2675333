import Glibc

/// What this process and this host use of memory.
enum ProcessMemory {
  /// Bytes of this process in memory; nil when the system does not say.
  static func resident() -> Int? {
    guard let pages = fields(of: "/proc/self/statm").dropFirst().first else { return nil }
    return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Bytes of memory in this host.
  static func total() -> Int? {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    return pages > 0 ? pages * Int(sysconf(Int32(_SC_PAGESIZE))) : nil
  }

  private static func fields(of path: String) -> [Int] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), file) != nil else { return [] }
    let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return text.split(separator: " ").compactMap { Int($0) }
  }
}
