import Tensors

/// The devices a worker could use, for `--list-devices`.
public enum WorkerDevices {
  /// One line a backend: its name, then its device or why there is none.
  public static func lines() -> [String] {
    Backend.all.map { description in
      if let absence = description.absence { return "\(description.name)\t-\t\(absence)" }
      do {
        let backend = try Backend.named(description.name, threads: nil)
        return "\(description.name)\t\(backend.deviceName)\t\(backend.threads) threads"
      } catch {
        return "\(description.name)\t-\t\(error)"
      }
    }
  }
}
