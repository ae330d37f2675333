import Generation

/// Tells a slow worker from a hung one, as a value.
///
/// Only a new phase, more evaluations or a picture are progress; each phase has its own patience, and a
/// denoising step may take twenty times the median of those before it.
struct ProgressWatch: Sendable {
  private static let keptSteps = 64
  private var phase = GenerationProgress.Phase.loading
  private var done = 0
  private var last: Duration
  private var steps: [Duration] = []

  /// Begins with the assignment.
  init(now: Duration) { last = now }

  /// Takes what the worker reports.
  mutating func note(_ progress: GenerationProgress, now: Duration) {
    if progress.phase == phase, progress.done <= done { return }
    if progress.phase == .denoising, phase == .denoising, progress.done > done {
      steps.append((now - last) / (progress.done - done))
      if steps.count > Self.keptSteps { steps.removeFirst() }
    }
    // What is counted while loading are no evaluations.
    done = phase == .loading ? progress.done : max(done, progress.done)
    phase = progress.phase
    last = now
  }

  /// A picture came.
  mutating func notePicture(now: Duration) { last = now }

  /// Whether the worker should have shown progress by now.
  func isOverdue(now: Duration) -> Bool { now - last > patience }

  /// How long the present phase may show nothing.
  var patience: Duration {
    switch phase {
    case .loading: .seconds(300)
    case .encoding: .seconds(60)
    case .denoising: max(.seconds(60), medianStep * 20)
    case .decoding, .saving: .seconds(120)
    }
  }

  private var medianStep: Duration {
    steps.isEmpty ? .zero : steps.sorted()[steps.count / 2]
  }
}
