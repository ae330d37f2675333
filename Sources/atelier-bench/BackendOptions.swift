import ArgumentParser
import Tensors

/// Which device a suite runs on, and how its results are printed.
struct BackendOptions: ParsableArguments {
  @Option(help: "A backend in this binary, or auto.")
  var backend = "auto"

  @Option(help: "Host threads; the default is one per physical core.")
  var threads: Int?

  @Option(help: "full, autocast or int8.")
  var precision = "autocast"

  @Flag(help: "Print one JSON object and nothing else.")
  var json = false

  /// Opens the device.
  func open() throws -> Backend {
    guard let precision = Precision(name: precision) else {
      throw ValidationError("expected a precision among full, autocast, int8, found \"\(self.precision)\"")
    }
    return try Backend.named(backend, threads: threads, precision: precision)
  }
}
