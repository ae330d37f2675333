import Tensors

/// The devices a worker could use, for `--list-devices`.
public enum WorkerDevices {
  /// One line a device: what to type, then the device or why there is none.
  public static func lines() -> [String] {
    Backend.all.flatMap { description in
      if let absence = description.absence { return ["\(description.name)\t-\t\(absence)"] }
      do {
        var lines = [line(try Backend(description))]
        // Only GPUs come in numbers; asking for one more than there are is an error.
        while lines.count < 64, let next = try? Backend(description, ordinal: lines.count) {
          lines.append(line(next))
        }
        return lines
      } catch {
        return ["\(description.name)\t-\t\(error)"]
      }
    }
  }

  private static func line(_ backend: Backend) -> String {
    "\(backend.name)\t\(backend.deviceName)\t\(backend.threads) threads"
  }
}
