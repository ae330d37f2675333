extension String {
  /// The text as it may stand in a message: at most `limit` characters, none that controls a terminal.
  public func printable(_ limit: Int = 120) -> String {
    let shown = prefix(limit).map { $0.unicodeScalars.allSatisfy(\.isPlain) ? $0 : "?" }
    return String(shown) + (shown.count < count ? "…" : "")
  }
}

extension Unicode.Scalar {
  fileprivate var isPlain: Bool {
    switch properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
    default: true
    }
  }
}
