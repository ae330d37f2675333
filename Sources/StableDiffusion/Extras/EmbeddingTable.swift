import Checkpoints
import Generation

/// The embeddings that fit a text encoder, by the tokens of their names.
///
/// A name is found in a prompt token by token, the longest first, as AUTOMATIC1111's `find_embedding_at_position`
/// does; vectors are read when they are first used. Belongs to its pipeline's thread.
final class EmbeddingTable {
  /// An embedding and the tokens of its name.
  struct Entry: Equatable, Sendable {
    let file: ExtraFile
    let tokens: [Int32]
    /// How many tokens it takes in their place.
    let count: Int

    var name: String { file.description.name }
  }

  /// Tells one set of embeddings from another.
  let identity: String
  private var entries: [Int32: [Entry]] = [:]
  private var read: [String: [Float]] = [:]
  private var readSecond: [String: [Float]] = [:]

  /// Files for other text encoders are left out, and their names are words like others.
  /// - Parameters:
  ///   - width: Of the text encoder's vectors.
  ///   - second: Of those of SDXL's second text encoder; nil for families that have none.
  init(_ files: [ExtraFile], _ tokenizer: CLIPTokenizer, width: Int, second: Int? = nil) {
    identity = files.map(\.identity).joined(separator: "|")
    for file in files {
      guard let vectors = file.vectors, vectors.width == width, vectors.secondWidth == second else {
        continue
      }
      let tokens = tokenizer.tokens(file.description.name)
      guard let first = tokens.first else { continue }
      entries[first, default: []].append(Entry(file: file, tokens: tokens, count: vectors.count))
    }
    for first in entries.keys { entries[first]?.sort { $0.tokens.count > $1.tokens.count } }
  }

  /// The embedding whose name begins at a place of a prompt's tokens.
  func match(_ tokens: [Int32], at place: Int) -> Entry? {
    entries[tokens[place]]?.first { tokens[place...].starts(with: $0.tokens) }
  }

  /// The vectors of an embedding for the second text encoder, [count, its width] in row-major order.
  func secondVectors(_ entry: Entry) throws(CheckpointError) -> [Float] {
    if let known = readSecond[entry.file.identity] { return known }
    let values = try EmbeddingFile(entry.file.open()).secondValues() ?? []
    readSecond[entry.file.identity] = values
    return values
  }

  /// The vectors of an embedding, [count, width] in row-major order.
  func vectors(_ entry: Entry) throws(CheckpointError) -> [Float] {
    if let known = read[entry.file.identity] { return known }
    let values = try EmbeddingFile(entry.file.open()).values() ?? []
    read[entry.file.identity] = values
    return values
  }
}
