public import Checkpoints
public import Generation

/// A model found on disk.
public struct LibraryModel: Equatable, Sendable {
  /// The model as capabilities show it, under a name no other model of the library has.
  public var description: ModelDescription
  /// Where it is, an absolute path; never shown to users of the service.
  public let path: String

  /// Names a model at an absolute path.
  public init(description: ModelDescription, path: String) {
    self.description = description
    self.path = path
  }

  /// Opens the folder or file.
  /// - Throws: `CheckpointError` when it is no longer what it was.
  public func open() throws(CheckpointError) -> any ModelSource {
    if ModelLibrary.isFolder(path) { return try ModelFolder(path: path) }
    return try SingleFileModel(path: path)
  }
}

/// Something in a models folder that cannot be used.
public struct LibraryProblem: Equatable, Sendable {
  /// Its name, relative to the folder that was searched.
  public let name: String
  /// What was expected and what was found.
  public let message: String
}
