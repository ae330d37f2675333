import Glibc

/// Does root's work in a data folder as the user it belongs to.
///
/// Files that root left there would be closed to the service, which then could not start.
enum FolderOwner {
  /// Runs `body`, as the owner of the folder's database (of the folder, while there is none) where root asks.
  ///
  /// The whole process acts so meanwhile: for commands, not for a server.
  /// - Throws: `ServerError.dataFolderFailed`, and what `body` throws.
  static func acting<Result>(in folder: String, _ body: () async throws -> Result) async throws -> Result {
    guard geteuid() == 0, let owner = owner(of: folder), owner.user != 0 else { return try await body() }
    guard setegid(owner.group) == 0, seteuid(owner.user) == 0 else {
      let reason = errno
      setegid(0)
      throw ServerError.dataFolderFailed(path: folder, operation: "acting as its owner", errno: reason)
    }
    // Root may always become itself again.
    defer {
      seteuid(0)
      setegid(0)
    }
    return try await body()
  }

  private static func owner(of folder: String) -> (user: uid_t, group: gid_t)? {
    var status = stat()
    for path in [folder + "/atelier.sqlite", folder] where unsafe stat(path, &status) == 0 {
      return (status.st_uid, status.st_gid)
    }
    return nil
  }
}
