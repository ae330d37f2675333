import FoundationEssentials
internal import Synchronization

/// What was computed of files, by their paths, kept in a JSON file from one run to the next.
///
/// Any thread may use it.
final class HashCache<Entry: Codable & Sendable>: Sendable {
  private let file: String?
  private let entries: Mutex<[String: Entry]>

  /// Starts with what an earlier run wrote; nil remembers in memory only.
  init(file: String?) {
    self.file = file
    let data = file.flatMap { FileManager.default.contents(atPath: $0) }
    // A cache that is absent or damaged is only a cache: everything is computed again.
    entries = Mutex(data.flatMap { try? JSONDecoder().decode([String: Entry].self, from: $0) } ?? [:])
  }

  /// What is kept for a path.
  func entry(_ path: String) -> Entry? { entries.withLock { $0[path] } }

  /// Keeps what was computed for a path.
  func keep(_ entry: Entry, for path: String) {
    let all = entries.withLock { entries in
      entries[path] = entry
      return entries
    }
    // Without a place to remember it the entry is still right; the next run computes it again.
    if let file { try? save(all, to: file) }
  }

  private func save(_ entries: [String: Entry], to file: String) throws {
    let folder = URL(filePath: file).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    try encoder.encode(entries).write(to: URL(filePath: file), options: .atomic)
  }
}
