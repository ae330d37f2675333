import FoundationEssentials

/// What kind of file system a folder is on, as far as a database cares.
enum FileSystemKind {
  /// Kinds whose locks or syncs SQLite cannot rely on, as /proc/self/mounts names them.
  private static let remote: Set<Substring> = [
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "ncpfs", "virtiofs",
  ]

  /// Whether a database is safe in `folder`.
  static func check(_ folder: String, mounts: String? = DurableFile.text(of: "/proc/self/mounts")) -> Finding
  {
    let path = URL(filePath: folder).standardizedFileURL.resolvingSymlinksInPath().path
    guard let kind = mounts.flatMap({ kind(of: path, in: $0) }) else {
      return Finding(level: .warning, subject: "file system", text: "unknown")
    }
    let isRemote = remote.contains(kind) || kind.hasPrefix("fuse.ssh")
    return Finding(
      level: isRemote ? .warning : .ok, subject: "file system",
      text: isRemote
        ? "\(kind): SQLite's write-ahead log needs a local disk; expected one after --data" : String(kind))
  }

  /// The kind of the mount with the longest path that leads to `path`; spaces in paths are `\040`.
  private static func kind(of path: String, in mounts: String) -> Substring? {
    var best: (length: Int, kind: Substring)?
    for line in mounts.split(separator: "\n") {
      let parts = line.split(separator: " ")
      guard parts.count >= 3 else { continue }
      let point = parts[1].replacing("\\040", with: " ")
      let leads = point == "/" || path == point || path.hasPrefix(point + "/")
      if leads, point.utf8.count >= best?.length ?? 0 { best = (point.utf8.count, parts[2]) }
    }
    return best?.kind
  }
}
