import Generation

/// Turns times of single model evaluations into progress with a remaining time.
///
/// The estimate uses the median of the last evaluations, so that one slow one (a page fault, a busy
/// neighbour) does not swing it. Times are given in, so it is tested without waiting.
struct ProgressClock {
  private var total: Int
  private var recent: [Double] = []
  private var decodeSeconds: Double?
  /// The greatest share told so far.
  private var furthest = 0.0

  /// A clock for a job of `total` model evaluations.
  init(total: Int) { self.total = total }

  /// The job is now expected to take this many model evaluations.
  mutating func expect(total: Int) { self.total = total }

  /// One model evaluation took this long.
  mutating func evaluated(seconds: Double) {
    recent.append(seconds)
    if recent.count > 15 { recent.removeFirst() }
  }

  /// One picture's decoding took this long.
  mutating func decoded(seconds: Double) { decodeSeconds = seconds }

  /// Median seconds of an evaluation; nil before the first.
  var secondsPerEvaluation: Double? {
    recent.isEmpty ? nil : recent.sorted()[recent.count / 2]
  }

  /// Progress after `done` evaluations with `undecoded` pictures still to decode.
  ///
  /// Where more work turns up than was expected, the share stays where it was until the work has caught up.
  mutating func progress(_ phase: GenerationProgress.Phase, done: Int, undecoded: Int) -> GenerationProgress {
    let eta = secondsPerEvaluation.map {
      // Before the first decode is measured, three evaluations are a fair guess for the model sizes known.
      Double(total - done) * $0 + Double(undecoded) * (decodeSeconds ?? 3 * $0)
    }
    let share = total > 0 ? Double(done) / Double(total) : 0
    let shown = share < furthest ? max(done, Int(Double(done) / furthest)) : total
    if shown > 0 { furthest = max(furthest, Double(done) / Double(shown)) }
    return GenerationProgress(phase: phase, done: done, total: shown, etaSeconds: eta)
  }
}
