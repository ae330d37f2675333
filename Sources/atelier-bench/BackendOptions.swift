import ArgumentParser
import Tensors

/// Which device a suite runs on, and how its results are printed.
struct BackendOptions: ParsableArguments {
  @Option(help: "A backend in this binary, or auto.")
  var backend = "auto"

  @Option(help: "Host threads; the default is one per physical core.")
  var threads: Int?

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  /// Opens the device.
  func open() throws -> Backend { try Backend.named(backend, threads: threads) }
}
