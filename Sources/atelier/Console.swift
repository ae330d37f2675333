import Glibc

/// Standard output and standard error.
enum Console {
  /// Writes a line to standard error.
  static func error(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

  /// Writes a line to standard output.
  static func output(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }

  /// Writes text to standard error as it stands.
  static func errorText(_ text: String) { write(text, to: STDERR_FILENO) }

  /// Whether standard error is a terminal.
  static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Most bytes of memory this process has had resident.
  static var peakMemory: Int {
    var usage = rusage()
    return getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 ? usage.ru_maxrss * 1024 : 0
  }

  private static func write(_ text: String, to descriptor: Int32) {
    let bytes = Array(text.utf8)
    var start = 0
    while start < bytes.count {
      let written = bytes[start...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      // A closed terminal or pipe: there is nobody left to tell.
      guard written > 0 || errno == EINTR else { return }
      start += max(written, 0)
    }
  }
}
