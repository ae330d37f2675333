import ArgumentParser
import Tensors

/// Compares every operation of the kernel table with `reference`, where the unit tests cannot go: on a GPU host.
struct ConformanceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conformance",
    abstract: "Compares every operation of a backend with the reference backend.",
    discussion: """
      The difference is ‖found − expected‖/‖expected‖, which may be 1e-5 in float32, 2e-3 in float16 and \
      16-bit integers, 2e-2 in bfloat16 and 8-bit integers. Exit 1 if an operation differs more, is not finite or fails.
      """)

  @OptionGroup var options: BackendOptions

  @Flag(help: "Also shapes of Stable Diffusion in full size, which take the host's processor some seconds.")
  var large = false

  func run() throws {
    let backend = try options.open()
    let reference = try Backend.named("reference", threads: options.threads)
    let bound = max(bound(of: backend.activationType), bound(of: backend.productType))
    let cases = ConformanceCase.small + (large ? ConformanceCase.large : [])
    let results = cases.map { ConformanceResult($0, backend, reference, bound: bound) }
    if options.json {
      try printJSON(results)
    } else {
      print("\(backend.name) on \(backend.deviceName); bound \(bound)")
      for result in results { print(result.row) }
    }
    guard results.allSatisfy(\.isRight) else { throw ExitCode(1) }
  }

  private func bound(of stored: ElementType) -> Double {
    switch stored {
    case .float32: 1e-5
    case .float16: 2e-3
    case .bfloat16: 2e-2
    }
  }

  private func bound(of multiplied: ProductType) -> Double {
    switch multiplied {
    case .float32: 1e-5
    case .float16, .int16: 2e-3
    case .bfloat16, .int8: 2e-2
    }
  }
}
