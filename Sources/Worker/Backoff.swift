/// How long to wait before the next try: twice as long each time, with a little chance in it so that
/// many workers do not come back in step.
struct Backoff {
  private let first: Duration
  private let longest: Duration
  private var next: Duration

  init(from first: Duration = .milliseconds(250), to longest: Duration = .seconds(10)) {
    self.first = first
    self.longest = longest
    next = first
  }

  /// The wait before the next try, 75 to 100 % of the nominal one.
  mutating func wait(random: Double = .random(in: 0...1)) -> Duration {
    defer { next = min(next * 2, longest) }
    return next * (0.75 + 0.25 * random)
  }

  /// A try succeeded: begin again from the shortest wait.
  mutating func reset() { next = first }
}
