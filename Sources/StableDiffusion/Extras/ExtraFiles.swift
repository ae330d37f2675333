public import Generation

/// The files that go with models, as a search found them: what tags and requests name.
public struct ExtraFiles: Equatable, Sendable {
  /// Every file, sorted by kind and name.
  public let all: [ExtraFile]

  /// None.
  public static let none = ExtraFiles([])

  /// Takes files whose names differ within their kind.
  public init(_ files: [ExtraFile]) { all = files }

  /// Files of several places; of those with one name within a kind the first.
  public static func merged(_ places: [[ExtraFile]]) -> ExtraFiles {
    var seen: Set<String> = []
    return ExtraFiles(
      places.joined().filter {
        seen.insert("\($0.kind.rawValue) \($0.description.name.lowercased())").inserted
      })
  }

  /// Equal only for the same files under the same names.
  public var identity: String {
    all.map { "\($0.kind.rawValue) \($0.description.name) \($0.identity)" }.joined(separator: "\n")
  }

  /// The files of a kind.
  public func files(_ kind: ExtraKind) -> [ExtraFile] { all.filter { $0.kind == kind } }

  /// The descriptions of a kind's files.
  public func descriptions(_ kind: ExtraKind) -> [ExtraDescription] { files(kind).map(\.description) }

  /// The file a name means: exactly, else without regard to case or to the ending.
  /// - Throws: `UserError` `unknown_lora` and the like, with the nearest name.
  public func find(_ kind: ExtraKind, _ name: String, field: String) throws(UserError) -> ExtraFile {
    let files = files(kind)
    let found = try NameLookup.extra(kind.word, name, in: files.map(\.description), field: field)
    guard let file = files.first(where: { $0.description.name == found.name }) else {
      throw NameLookup.unknownExtra(kind.word, name, among: files.map(\.description.name), field: field)
    }
    return file
  }
}
