import FoundationEssentials
import Generation
import WorkerProtocol

/// The worker's name: chosen once and kept in its data folder, so that the server knows it again.
enum WorkerIdentity {
  /// The name in `folder`, made and stored if there is none.
  ///
  /// - Throws: `WorkerError.identity` when the file cannot be written or holds something else.
  static func loadOrCreate(in folder: String) throws(WorkerError) -> WorkerID {
    let url = URL(filePath: folder).appending(path: "id")
    if let data = try? Data(contentsOf: url) {
      let name = data.filter { $0 != 0x0A }
      guard let id = WorkerID(validating: name) else {
        throw .identity("expected a worker name of letters and digits in its file 'id'")
      }
      return id
    }
    let name = "w-" + String(UInt64.random(in: .min ... .max), radix: 36)
    do {
      try FileManager.default.createDirectory(
        at: URL(filePath: folder), withIntermediateDirectories: true,
        attributes: [.posixPermissions: 0o700])
      try Data((name + "\n").utf8).write(to: url, options: .atomic)
    } catch {
      throw .identity("could not store the worker's name in its data folder: \(error)")
    }
    return WorkerID(name)
  }

  /// The name of a further link of a worker, `name.2` and so on.
  ///
  /// - Throws: `WorkerError.identity` when it would be too long.
  static func further(_ number: Int, of worker: WorkerID) throws(WorkerError) -> WorkerID {
    guard let id = WorkerID(validating: Array("\(worker).\(number)".utf8)) else {
      throw .identity(
        "the worker's name is too long to have '.\(number)' behind it; expected 61 characters at most")
    }
    return id
  }
}
