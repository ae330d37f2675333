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

  /// Takes the merges of `merges.txt`: two symbols a line, best first.
  init(vocabulary: [String: Int32], mergesText: String) throws(TokenizerError) {
    let lines = mergesText.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
    let rules = lines.enumerated().compactMap { number, line in
      line.isEmpty || line.hasPrefix("#version") ? nil : (place: "line \(number + 1)", text: String(line))
    }
    try self.init(vocabulary: vocabulary, rules: rules, file: "merges.txt")
  }

  /// Takes merges as texts of two symbols with a space between them, best first.
  /// - Parameter rules: Each merge and where in the file it stands, for errors.
  init(
    vocabulary: [String: Int32], rules: [(place: String, text: String)], file: String
  ) throws(TokenizerError) {
    self.vocabulary = vocabulary
    var merges: [Pair: Merge] = [:]
    for (rank, rule) in rules.enumerated() {
      let parts = rule.text.split(separator: " ", omittingEmptySubsequences: false)
      guard parts.count == 2, let left = vocabulary[String(parts[0])],
        let right = vocabulary[String(parts[1])],
        let token = vocabulary[String(parts[0] + parts[1])]
      else {
        throw .file(
          name: file, expected: "two symbols of the vocabulary that join to a third",
          found: "\(rule.place): '\(rule.text.prefix(60))'")
      }
      merges[Pair(left: left, right: right)] = Merge(rank: rank, token: token)
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
