public import Generation

/// The files that go with models, as a search found them: what tags and requests name.
public struct ExtraFiles: Equatable, Sendable {
  /// Every file, sorted by kind and name.
  public let all: [ExtraFile]

  /// None.
  public static let none = ExtraFiles([])

  /// Takes files whose names differ within their kind.
  public init(_ files: [ExtraFile]) { all = files }

  /// The files of a kind.
  public func files(_ kind: ExtraKind) -> [ExtraFile] { all.filter { $0.kind == kind } }

  /// The descriptions of a kind's files.
  public func descriptions(_ kind: ExtraKind) -> [ExtraDescription] { files(kind).map(\.description) }

  /// The file a name means: exactly, by its file name with the ending, or without regard to case.
  /// - Throws: `UserError` `unknown_lora` and the like, with the nearest name.
  public func find(_ kind: ExtraKind, _ name: String, field: String) throws(UserError) -> ExtraFile {
    let files = files(kind)
    let wanted = name.lowercased()
    if let file = files.first(where: { $0.description.name == name || $0.fileName == name })
      ?? files.first(where: {
        $0.description.name.lowercased() == wanted || $0.fileName.lowercased() == wanted
      })
    {
      return file
    }
    throw NameLookup.unknownExtra(kind.word, name, among: files.map(\.description.name), field: field)
  }
}
