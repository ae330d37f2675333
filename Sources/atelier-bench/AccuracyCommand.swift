import ArgumentParser
import Checkpoints
import Glibc
import Tensors

/// Compares a model's networks with another library's numbers.
struct AccuracyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "accuracy", abstract: "Compares a model's networks with another library's numbers.",
    discussion: """
      Ends with status 1 if one UNet step, decoding or the text encoder is further from the goldens than it may be: \
      1e-4 of their size in float32, 0.02 in half precision and bfloat16, 0.1 in 8-bit integers.
      """)

  @Option(help: ArgumentHelp("A diffusers folder.", valueName: "path"))
  var model: String

  @Option(help: ArgumentHelp("What Tests/goldens/full_size.py wrote for it.", valueName: "file"))
  var goldens: String

  @Option(help: "A backend in this binary; the default is every one that works here.")
  var backend: String?

  @Option(help: "Host threads; the default is one per physical core.")
  var threads: Int?

  func run() throws {
    let names = backend.map { [$0] } ?? Backend.all.filter { $0.absence == nil }.map(\.name)
    let file = try SafetensorsFile(path: goldens, label: goldens)
    var isWithin = true
    for device in try names.flatMap(devices) {
      let check = try AccuracyCheck(device.backend, folder: ModelFolder(path: model), goldens: file)
      for part in AccuracyCheck.Part.allCases {
        let error = try check.error(of: part)
        isWithin = isWithin && error < check.bound
        print(
          "\(padded(device.backend.name, 16)) \(padded(device.precision.name, 9)) \(padded(part.rawValue, 10)) "
            + "relative error \(error)\(error < check.bound ? "" : ", more than \(check.bound)")")
        fflush(nil)
      }
    }
    guard isWithin else { throw ExitCode.failure }
  }

  /// A backend in each precision it computes in, once where two are the same.
  private func devices(_ name: String) throws -> [(backend: Backend, precision: Precision)] {
    var devices: [(Backend, Precision)] = []
    for precision in Precision.allCases {
      guard let device = try? Backend.named(name, threads: threads, precision: precision) else { continue }
      if !devices.contains(where: { $0.0.name == device.name && $0.0.productType == device.productType }) {
        devices.append((device, precision))
      }
    }
    // The reason is in what opening throws.
    if devices.isEmpty { _ = try Backend.named(name, threads: threads) }
    return devices
  }
}
