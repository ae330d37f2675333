import ArgumentParser
import Tensors

/// Which device a suite runs on, and how its results are printed.
struct BackendOptions: ParsableArguments {
  @Option(help: "A backend in this binary, or auto.")
  var backend = "auto"

  @Option(help: "Host threads; the default is one per physical core.")
  var threads: Int?

  @Option(help: "full, autocast, int8 or bfloat16; the default is autocast.", transform: Precision.named)
  var precision = Precision.autocast

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  /// Opens the device.
  func open() throws -> Backend {
    try Backend.named(backend, threads: threads, precision: precision)
  }
}
