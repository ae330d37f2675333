/// A textual inversion (Gal 2022): vectors that stand in the place of a word's tokens.
///
/// Read are AUTOMATIC1111's form (`string_to_param`), `emb_params`, SDXL's `clip_l` and `clip_g`, and diffusers' of one
/// tensor under the word itself; a single vector may have one dimension.
public struct EmbeddingFile: Sendable {
  /// Vectors, at most 75: as many tokens of a prompt it takes.
  public let vectors: Int
  /// Numbers in each vector for the first or only text encoder, nil if there are none; SDXL's second encoder has
  /// its own.
  public let width: Int?, secondWidth: Int?
  private let file: any TensorFile
  private let names: (first: String?, second: String?)

  /// The most vectors: a prompt's chunk has no room for more.
  public static let vectorLimit = 75

  /// Reads the names and shapes.
  /// - Throws: `CheckpointError.unknownLayout` for a file of another form.
  public init(_ file: any TensorFile) throws(CheckpointError) {
    self.file = file
    let names = file.entries.map(\.name)
    if names.contains("clip_l") || names.contains("clip_g") {
      self.names = (names.first { $0 == "clip_l" }, names.first { $0 == "clip_g" })
    } else {
      let only = names.first { $0 == "emb_params" || $0.hasPrefix("string_to_param.") }
      guard let only = only ?? (names.count == 1 ? names.first : nil) else {
        throw .unknownLayout(
          file: file.label,
          reason: "is no embedding: expected 'string_to_param', 'emb_params', 'clip_l' or one tensor, found "
            + (names.first.map { "'\($0.printable())' and \(names.count - 1) more" } ?? "none"))
      }
      self.names = (only, nil)
    }
    let first = try self.names.first.map { name throws(CheckpointError) in try Self.shape(name, file) }
    let second = try self.names.second.map { name throws(CheckpointError) in try Self.shape(name, file) }
    vectors = first?.rows ?? second?.rows ?? 0
    (width, secondWidth) = (first?.columns, second?.columns)
    if let first, let second, first.rows != second.rows {
      throw .wrongShape(
        name: "clip_g", expected: [first.rows, second.columns], found: [second.rows, second.columns])
    }
  }

  private static func shape(
    _ name: String, _ file: any TensorFile
  ) throws(CheckpointError) -> (rows: Int, columns: Int) {
    guard let entry = file.entries.first(where: { $0.name == name }) else { throw .missingTensor(name: name) }
    guard entry.type.isWeight else {
      throw .unusableElementType(tensor: name.printable(), found: entry.type.rawValue)
    }
    let (rows, columns) =
      entry.shape.count == 1 ? (1, entry.shape[0]) : (entry.shape.first ?? 0, entry.shape.last ?? 0)
    guard (1...2).contains(entry.shape.count), (1...vectorLimit).contains(rows),
      (1...1 << 16).contains(columns)
    else {
      throw .wrongShape(name: name.printable(), expected: [vectorLimit, 768], found: entry.shape)
    }
    return (rows, columns)
  }

  /// The family of models it is for: `sd1`, `sd2` or `sdxl`.
  public var family: String? {
    secondWidth != nil ? "sdxl" : width.flatMap { FamilyWidths.family(contextWidth: $0) }
  }

  /// The vectors for the first or only text encoder, [vectors, width] in row-major order; nil if it has none.
  public func values() throws(CheckpointError) -> [Float]? {
    try names.first.map { name throws(CheckpointError) in try file.tensor(name).floats() }
  }

  /// The vectors for SDXL's second text encoder, [vectors, secondWidth]; nil if it has none.
  public func secondValues() throws(CheckpointError) -> [Float]? {
    try names.second.map { name throws(CheckpointError) in try file.tensor(name).floats() }
  }

  /// Whether a file that lies anywhere is surely an embedding, by its names and sizes.
  public static func recognises(_ file: any TensorFile) -> Bool {
    let names = Set(file.entries.map(\.name))
    if names.contains("emb_params") || names.contains(where: { $0.hasPrefix("string_to_param.") }) {
      return true
    }
    if names == ["clip_l", "clip_g"] { return true }
    return file.entries.count == 1 && file.entries[0].name.hasPrefix("<") && (try? EmbeddingFile(file)) != nil
  }
}
