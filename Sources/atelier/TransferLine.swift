/// How far a download is, on standard error: a bar on a terminal, now and then a line elsewhere.
final class TransferLine {
  private let clock = ContinuousClock()
  private let isQuiet: Bool
  private let started: ContinuousClock.Instant
  private var shown: ContinuousClock.Instant?
  private var first: Int?
  private var isOpen = false

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    started = clock.now
  }

  /// Shows the bytes there are; nothing if it did so a moment ago.
  func show(_ file: String, done: Int, total: Int?) {
    let now = clock.now
    if first == nil { first = done }
    let pause = Console.isTerminal ? 0.1 : 5
    guard !isQuiet, shown.map({ (now - $0).seconds >= pause }) ?? true else { return }
    shown = now
    let speed = Double(done - (first ?? 0)) / max((now - started).seconds, 0.001)
    var text =
      "\(Self.size(done))" + (total.map { " of \(Self.size($0))" } ?? "") + ", \(Self.size(Int(speed)))/s"
    if let total, speed > 0 { text += ", \(Self.time(Double(total - done) / speed)) left" }
    guard Console.isTerminal else {
      Console.error("\(file): \(text)")
      return
    }
    let filled = total.map { $0 > 0 ? min(done * 24 / $0, 24) : 24 } ?? 0
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
    Console.errorText("\r\(bar) \(text)  \(file.suffix(40))\u{1B}[K")
    isOpen = true
  }

  /// Clears the bar.
  func end() {
    if isOpen { Console.errorText("\r\u{1B}[K") }
    isOpen = false
  }

  private static func size(_ bytes: Int) -> String {
    if bytes < 1 << 20 { return "\(bytes >> 10) KiB" }
    if bytes < 1 << 30 { return "\(bytes >> 20) MiB" }
    let tenths = bytes / ((1 << 30) / 10)
    return "\(tenths / 10).\(tenths % 10) GiB"
  }

  private static func time(_ seconds: Double) -> String {
    seconds < 100 ? "\(Int(seconds.rounded(.up))) s" : "\(Int((min(seconds, 1e6) / 60).rounded(.up))) min"
  }
}
