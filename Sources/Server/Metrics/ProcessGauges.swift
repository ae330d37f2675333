import Glibc

/// What the process itself uses, read from /proc.
enum ProcessGauges {
  /// Bytes of resident memory; 0 when the system does not say.
  static var residentBytes: Double {
    guard let text = DurableFile.text(of: "/proc/self/statm") else { return 0 }
    let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0
    return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Open descriptors.
  static var openDescriptors: Double { Double(DurableFile.names(in: "/proc/self/fd").count) }

  /// Bytes of a database file and its log.
  static func databaseBytes(_ folder: String) -> Double {
    ["atelier.sqlite", "atelier.sqlite-wal"].reduce(0) { sum, name in
      sum + Double(DurableFile.status(folder + "/" + name)?.size ?? 0)
    }
  }
}
