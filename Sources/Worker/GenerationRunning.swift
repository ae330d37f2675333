import Generation
import Tensors
import WorkerProtocol

/// What runs requests; the engine in the product, a fake in tests.
protocol GenerationRunning: Sendable {
  /// Runs a request to its end, reporting on the way.
  ///
  /// - Parameters:
  ///   - request: Already checked against this worker's limits by the server; checked again here.
  ///   - inputs: The files the request starts from, by SHA-256.
  ///   - report: Called in order, from any thread, never after the return.
  /// - Throws: `UserError`, `CancellationError` when the task was cancelled, or an engine's own error.
  func run(
    _ request: GenerationRequest, inputs: [String: [UInt8]],
    report: @escaping @Sendable (RunEvent) -> Void
  ) async throws -> GenerationSummary

  /// Model evaluations since the start of the process: grows while work is done.
  var evaluations: Int { get }

  /// How the device is now; nil where it has no memory of its own. Asked at any time.
  var deviceVitals: DeviceVitals? { get }
}

extension GenerationRunning {
  var deviceVitals: DeviceVitals? { nil }
}

/// What happens while a request runs.
enum RunEvent: Equatable, Sendable {
  /// How far it is.
  case progress(GenerationProgress)
  /// A small PNG of the picture so far.
  case preview([UInt8])
  /// A finished picture.
  case picture(WorkerPicture)
}
