import Generation
import Pictures
import WorkerProtocol

/// What a worker says, made fit for users: a worker is not trusted with their page.
enum Reported {
  private static let maxTotal = 1_000_000
  private static let maxSeconds = 86_400.0
  private static let maxMessage = 300
  private static let maxModels = 256
  private static let maxNames = 64

  /// Progress with numbers that make sense.
  static func progress(_ reported: GenerationProgress) -> GenerationProgress {
    var progress = reported
    progress.total = min(max(reported.total, 0), maxTotal)
    progress.done = min(max(reported.done, 0), progress.total)
    progress.etaSeconds = reported.etaSeconds.flatMap { (0...maxSeconds).contains($0) ? $0 : nil }
    return progress
  }

  /// A finished attempt's seconds, none of them more than the attempt took.
  static func summary(_ reported: GenerationSummary, within elapsed: Duration) -> GenerationSummary {
    let most = max(0, elapsed / .seconds(1))
    func sane(_ seconds: Double) -> Double { seconds.isFinite ? min(max(seconds, 0), most) : 0 }
    var summary = reported
    summary.load = sane(reported.load)
    summary.text = sane(reported.text)
    summary.denoise = sane(reported.denoise)
    summary.decode = sane(reported.decode)
    return summary
  }

  /// Vitals with numbers that make sense.
  static func vitals(_ reported: WorkerVitals) -> WorkerVitals {
    WorkerVitals(
      evaluations: max(0, reported.evaluations), memoryUsed: reported.memoryUsed.map { max(0, $0) },
      memoryTotal: reported.memoryTotal.map { max(0, $0) },
      utilisation: reported.utilisation.flatMap { $0.isFinite ? min(max($0, 0), 1) : nil })
  }

  /// Capabilities whose names and words are one line each, and not endless lists of them.
  static func capabilities(_ reported: WorkerCapabilities) -> WorkerCapabilities {
    var capabilities = reported
    capabilities.version = line(reported.version)
    capabilities.device = line(reported.device)
    capabilities.backend = line(reported.backend)
    capabilities.memoryBytes = reported.memoryBytes.map { max(0, $0) }
    capabilities.models = Array(reported.models.filter { isPlain($0.name) }.prefix(maxModels))
    capabilities.samplers = Array(reported.samplers.filter { isPlain($0.name) }.prefix(maxNames))
    capabilities.schedules = Array(reported.schedules.filter { isPlain($0.name) }.prefix(maxNames))
    capabilities.upscalers = reported.upscalers.map { Array($0.filter(isPlain).prefix(maxModels)) }
    return capabilities
  }

  /// An error with a code that is a code and one line of text.
  static func error(_ reported: UserError) -> UserError {
    let line = line(reported.message)
    return UserError(
      code: name(reported.code) ?? "worker_error",
      message: line.isEmpty ? "the worker reported an error" : line, field: reported.field.flatMap(name))
  }

  /// A preview, if it looks like one.
  static func preview(_ bytes: [UInt8]) -> [UInt8]? {
    switch PictureKind(bytes) {
    case .png, .jpeg: bytes
    case .webp, nil: nil
    }
  }

  /// Text without breaks and hidden marks, cut.
  private static func line(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(maxMessage).filter { !isControl($0) }))
  }

  /// Whether a name can be shown as it is.
  private static func isPlain(_ name: String) -> Bool {
    (1...maxMessage).contains(name.utf8.count) && !name.unicodeScalars.contains(where: isControl)
  }

  private static func name(_ text: String) -> String? {
    let isName =
      (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    return isName ? text : nil
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
    default: false
    }
  }
}
