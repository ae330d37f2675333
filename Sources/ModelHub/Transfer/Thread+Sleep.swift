import Glibc

/// The calling thread.
enum Thread {
  /// Waits; a signal may end it early.
  static func sleep(tenths: Int) { usleep(UInt32(tenths) * 100_000) }
}
