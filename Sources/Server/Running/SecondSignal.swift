import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// Ends the process at once when it is told to stop a second time.
///
/// That is safe at any moment: what counts is in the database, and the database survives a kill.
struct SecondSignal: Service {
  let logger: Logger

  func run() async {
    await cancelWhenGracefulShutdown {
      var count = 0
      for await signal in await UnixSignalsSequence(trapping: .sigterm, .sigint) {
        count += 1
        guard count > 1 else { continue }
        logger.warning("told to stop again: ending at once")
        _exit(128 + signal.rawValue)
      }
    }
  }
}
