import FoundationEssentials

/// Finds the page's files.
public enum PublicFolder {
  /// The folder `Public` with an `index.html` nearest above the program's own file, or nil.
  ///
  /// In a build tree that is the package's; an installed program has it beside it.
  public static func find() -> String? {
    guard let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") else {
      return nil
    }
    var folder = Substring(program)
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      let candidate = folder + "/Public"
      if FileManager.default.fileExists(atPath: candidate + "/index.html") { return String(candidate) }
    }
    return nil
  }

  /// Whether a path, there or not yet, lies in `folder`, whatever links lead to either.
  static func contains(_ path: String, in folder: String) -> Bool {
    let place = resolved(DurableFile.nearestExisting(path))
    let folder = resolved(folder)
    return place == folder || place.hasPrefix(folder.hasSuffix("/") ? folder : folder + "/")
  }

  /// A path without links, as far as it exists.
  static func resolved(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }
}
