/// Progress on standard error: a bar on a terminal, now and then a line elsewhere.
struct ProgressLine {
  private let clock = ContinuousClock()
  private let isQuiet: Bool
  private var started: ContinuousClock.Instant
  private var lastLine: ContinuousClock.Instant?

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    started = clock.now
  }

  /// A new picture begins.
  mutating func begin() {
    started = clock.now
    lastLine = nil
  }

  /// Shows how far a picture is.
  mutating func show(picture: Int, of pictures: Int, done: Int, total: Int) {
    guard !isQuiet, total > 0 else { return }
    let now = clock.now
    let seconds = (now - started).seconds
    let left = done > 0 ? seconds / Double(done) * Double(total - done) : 0
    if Console.isTerminal {
      let filled = done * 30 / total
      let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
      Console.errorText("\r\(picture)/\(pictures) \(bar) \(done)/\(total), \(Self.text(left)) left \u{1B}[K")
      if done == total { Console.errorText("\r\u{1B}[K") }
    } else if done == total || lastLine.map({ (now - $0).seconds >= 5 }) ?? true {
      lastLine = now
      Console.error("picture \(picture) of \(pictures): \(done) of \(total), \(Self.text(left)) left")
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds < 100 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((seconds / 60).rounded(.up))) min"
  }
}

extension Duration {
  /// The duration in seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
