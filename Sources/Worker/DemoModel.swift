import FoundationEssentials

/// Where the model shipped with the worker is.
public enum DemoModel {
  /// The folder `atelier-demo` in the resource bundle beside the executable, where the build and
  /// `Scripts/start_remote.sh` put it; nil when it is not there.
  public static func folder() -> String? {
    guard
      let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    let path = URL(filePath: executable).deletingLastPathComponent()
      .appending(path: "atelier_Worker.resources/atelier-demo").path
    return FileManager.default.fileExists(atPath: path + "/model_index.json") ? path : nil
  }
}
