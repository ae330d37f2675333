import Glibc

/// What this host uses of its memory, as `free` counts it.
enum HostMemory {
  /// Bytes that are not available to a program that starts now; nil when the system does not say.
  static func used() -> Int? {
    guard let total = field("MemTotal:"), let available = field("MemAvailable:") else { return nil }
    return max(total - available, 0)
  }

  /// Bytes of memory in this host.
  static func total() -> Int? { field("MemTotal:") }

  /// A line of /proc/meminfo, which counts in KiB.
  private static func field(_ name: String) -> Int? {
    guard let file = fopen("/proc/meminfo", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 128)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      let words = text.split(whereSeparator: \.isWhitespace)
      if words.first.map({ $0 == name }) == true {
        return words.dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
      }
    }
    return nil
  }
}
