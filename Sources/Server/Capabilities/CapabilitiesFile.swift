import FoundationEssentials
import Generation

/// Keeps what workers offered in a file, so that jobs can be taken while server and worker restart.
///
/// It is a convenience: a file that is missing, damaged or a day old is as good as none.
struct CapabilitiesFile: Sendable {
  private static let maxAge = 24 * 3600.0
  private static let maxWorkers = 64

  private struct Content: Codable {
    var savedAt: Double
    var workers: [RememberedWorker]
  }

  /// The data folder.
  let folder: String

  /// What was saved within the last day.
  func load(now: Date = Date()) -> [RememberedWorker] {
    guard let data = FileManager.default.contents(atPath: "\(folder)/\(DataFolder.capabilities)"),
      let content = try? JSONDecoder().decode(Content.self, from: data),
      abs(now.timeIntervalSince1970 - content.savedAt) < Self.maxAge
    else { return [] }
    return Array(content.workers.prefix(Self.maxWorkers))
  }

  /// Saves; blocks.
  func save(_ workers: [RememberedWorker], now: Date = Date()) throws {
    let content = Content(savedAt: now.timeIntervalSince1970, workers: Array(workers.suffix(Self.maxWorkers)))
    try DurableFile.write(try JSONText.encode(content), folder: folder, name: DataFolder.capabilities)
  }
}
