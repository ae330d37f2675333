/// A vocabulary and the merges that build its tokens (Sennrich 2016, "Neural Machine Translation of
/// Rare Words with Subword Units").
struct BytePairs: Sendable {
  private struct Pair: Hashable {
    var left: Int32
    var right: Int32
  }

  private struct Merge {
    var rank: Int
    var token: Int32
  }

  /// Token text to id.
  let vocabulary: [String: Int32]
  private let merges: [Pair: Merge]

  /// Reads `vocab.json` (a JSON object of ids) and `merges.txt` (two symbols a line, best first).
  init(vocabulary: [String: Int32], mergesText: String) throws(TokenizerError) {
    self.vocabulary = vocabulary
    var merges: [Pair: Merge] = [:]
    var rank = 0
    for (number, line) in mergesText.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = line.hasSuffix("\r") ? line.dropLast() : line
      if line.isEmpty || line.hasPrefix("#version") { continue }
      let parts = line.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2, let left = vocabulary[String(parts[0])],
        let right = vocabulary[String(parts[1])],
        let token = vocabulary[String(parts[0] + parts[1])]
      else {
        throw .file(
          name: "merges.txt", expected: "two symbols of the vocabulary that join to a third",
          found: "line \(number + 1): '\(line.prefix(60))'")
      }
      merges[Pair(left: left, right: right)] = Merge(rank: rank, token: token)
      rank += 1
    }
    self.merges = merges
  }

  /// A word's tokens: the merge of lowest rank first, the leftmost of equals; `unknown` for symbols that the
  /// vocabulary lacks.
  func tokens(_ symbols: [String], unknown: Int32) -> [Int32] {
    var ids = symbols.map { vocabulary[$0] ?? unknown }
    var candidates = zip(ids, ids.dropFirst()).map { merges[Pair(left: $0, right: $1)] }
    while let best = leftmostBest(candidates), let merge = candidates[best] {
      ids[best] = merge.token
      ids.remove(at: best + 1)
      candidates.remove(at: best)
      if best > 0 { candidates[best - 1] = merges[Pair(left: ids[best - 1], right: ids[best])] }
      if best < candidates.count { candidates[best] = merges[Pair(left: ids[best], right: ids[best + 1])] }
    }
    return ids
  }

  private func leftmostBest(_ candidates: [Merge?]) -> Int? {
    var best: Int?
    var rank = Int.max
    for (index, candidate) in candidates.enumerated() {
      if let candidate, candidate.rank < rank { (best, rank) = (index, candidate.rank) }
    }
    return best
  }
}
