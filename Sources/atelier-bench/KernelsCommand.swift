import ArgumentParser
import FoundationEssentials
import Glibc
import Tensors

/// Times every operation of the kernel table.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Times every operation of the kernel table at the shapes of real models.",
    discussion: """
      The share of peak compares with a multiply-add loop (products) or a copy of as many bytes (the rest), measured \
      on the same number of host threads in the same run. Columns: model, operation, median, shortest run, processor \
      time, rate and share of the shortest run.
      """)

  @OptionGroup var options: BackendOptions

  @Option(help: "Shapes of which model: demo, sd15 or sdxl; the default is all.")
  var model: String?

  @Option(help: "Only operations whose name has this text.")
  var filter: String?

  @Option(help: "Seconds spent on each operation.")
  var seconds = 0.2

  func validate() throws {
    if let model, KernelCase.Model(rawValue: model) == nil {
      let known = KernelCase.Model.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("expected a model among \(known), found \"\(model)\"")
    }
    guard (0...60).contains(seconds) else {
      throw ValidationError("expected 0 to 60 seconds, found \(seconds)")
    }
  }

  func run() throws {
    let backend = try options.open()
    let peaks = backend.name.hasPrefix("cuda") ? nil : HostPeaks(threads: backend.threads)
    let cases = KernelCase.all.filter { item in
      (model.map { item.model.rawValue == $0 } ?? true) && (filter.map { item.name.contains($0) } ?? true)
    }
    if !options.json { print(header(backend, peaks)) }
    var results: [KernelResult] = []
    for item in cases {
      let body = try item.prepare(backend)
      let watch = try Stopwatch(budget: .seconds(seconds)) {
        try body()
        try backend.synchronize()
      }
      let result = KernelResult(item, watch, on: backend, peaks)
      if !options.json {
        print(result.row)
        fflush(nil)
      }
      results.append(result)
    }
    if options.json {
      try printJSON(
        KernelReport(
          backend: backend.name, device: backend.deviceName, threads: backend.threads, peaks: peaks,
          results: results))
    }
  }

  private func header(_ backend: Backend, _ peaks: HostPeaks?) -> String {
    let limit = peaks.map { "; peak \(rounded($0.flops(of: backend) / 1e9)) GFLOP/s" }
    return "\(backend.name) on \(backend.deviceName), \(backend.threads) threads\(limit ?? "")"
  }
}
